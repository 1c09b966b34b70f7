"""Linear algebra over any field, exact or of long numbers: matrices as lists of rows."""


def product(A, B):
    """A B."""
    return [[sum(a * B[k][j] for k, a in enumerate(row)) for j in range(len(B[0]))] for row in A]


def transpose(A):
    return [list(column) for column in zip(*A, strict=True)]


def echelon(A):
    """Reduced row echelon form, and the columns of its pivots."""
    A, pivots = [list(row) for row in A], []
    for column in range(len(A[0])):
        top = len(pivots)
        found = next((i for i in range(top, len(A)) if A[i][column]), None)
        if found is None:
            continue
        A[top], A[found] = A[found], A[top]
        A[top] = [entry / A[top][column] for entry in A[top]]
        for i, row in enumerate(A):
            if i != top and row[column]:
                A[i] = [a - row[column] * b for a, b in zip(row, A[top], strict=True)]
        pivots.append(column)
        if len(pivots) == len(A):
            break
    return A, pivots


def rank(A):
    return len(echelon(A)[1])


def solve(A, B):
    """A⁻¹ B.

    Raises
    ------
    ZeroDivisionError
        A is singular.
    """
    reduced, pivots = echelon([[*row, *right] for row, right in zip(A, B, strict=True)])
    if pivots != list(range(len(A))):
        raise ZeroDivisionError("expected a regular matrix, got a singular one")
    return [row[len(A) :] for row in reduced]


def determinant(A):
    """By expansion along the first row: no division, any commutative ring."""
    if not A:
        return 1
    return sum((-1) ** j * entry * determinant([[*row[:j], *row[j + 1 :]] for row in A[1:]])
               for j, entry in enumerate(A[0]))


def characteristic(A, z):
    """det(z − A)."""
    return determinant([[z * (i == j) - entry for j, entry in enumerate(row)] for i, row in enumerate(A)])
