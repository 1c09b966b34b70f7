"""The look of the report, light and dark."""

CSS = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #ffffff; --line: #d0d7de;
  --band: #f4f6f8; --link: #0550ae; --yes: #116329; --yes-bg: #dafbe1; --no: #a40e26; --no-bg: #ffebe9;
  --if: #7d4e00; --if-bg: #fff3cd; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b3; --paper: #0d1117; --line: #343b44;
  --band: #161b22; --link: #79b8ff; --yes: #7ee2a0; --yes-bg: #12361f; --no: #ffb3ad; --no-bg: #4a1517;
  --if: #f2cc60; --if-bg: #3d2e00; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 76rem; color: var(--ink); background: var(--paper);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.35rem; margin: 2.75rem 0 .75rem; }
header p, section > p { max-width: 46rem; }
a { color: var(--link); }
.tally, nav ul { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; list-style: none; padding: 0; margin: .75rem 0; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .6rem .75rem; border-bottom: 1px solid var(--line); }
tbody:last-child tr:last-child td { border-bottom: 0; }
thead th, .group th { background: var(--band); }
td p { margin: 0 0 .3rem; }
.claims td:nth-child(2) { min-width: 22rem; }
.claims td:nth-child(3), .claims td:nth-child(4) { min-width: 8.5rem; }
.claims td:nth-child(5) { min-width: 11rem; }
.theorems td { padding-block: .35rem; }
.theorems td:nth-child(2) { min-width: 18rem; }
.theorems td:nth-child(3) { white-space: nowrap; }
.theorems td:nth-child(4) { min-width: 16rem; }
article { border-top: 1px solid var(--line); padding: 1.1rem 0 .6rem; }
h3 { font-size: 1.12rem; margin: 0 0 .5rem; }
h4 { font-size: .95rem; margin: .9rem 0 .3rem; }
.statement { max-width: 60rem; border-left: 3px solid var(--link); padding: .35rem 0 .35rem .8rem; margin: .5rem 0; }
.statement, .steps, dd { overflow-x: auto; overflow-y: hidden; }
.steps { padding-left: 1.6rem; margin: .2rem 0 .6rem; max-width: 64rem; font-size: .95rem; }
.steps .mark { font-weight: 700; color: var(--yes); }
.steps .fails, .steps .fails .mark { color: var(--no); }
math { font-family: "STIX Two Math", "Latin Modern Math", "Cambria Math", math; }
.formula { white-space: nowrap; }
sup { line-height: 0; }
.number { font-variant-numeric: tabular-nums; }
.source { color: var(--soft); font-size: .85em; }
.beside { border-left: 3px solid var(--line); padding-left: .6rem; }
.badge { display: inline-block; padding: .05rem .55rem; border-radius: 1rem; font-size: .85rem; font-weight: 600; }
.confirmed, .badge.holds { color: var(--yes); background: var(--yes-bg); }
.refuted, .badge.fails { color: var(--no); background: var(--no-bg); }
.conditional { color: var(--if); background: var(--if-bg); }
figure { margin: 1rem 0; }
figcaption { color: var(--soft); font-size: .92rem; }
.formulas figure { overflow-x: auto; }
.formulas math { margin: .35rem 0; font-size: 1.1rem; }
.drawing img { width: 100%; height: auto; background: #ffffff; border: 1px solid var(--line); border-radius: 6px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; font-size: .92rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
"""
