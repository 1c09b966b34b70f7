"""Compiled kernels: arrays in, arrays out. They never validate, print, or choose policy."""
