#!/usr/bin/env bash
# numpydoc.validate of a public name that a package takes from a module of the same name, `from .measure import
# measure`, looks at the module: of a function without any docstring it finds no fault, as the module has one.
# Guessed: what is validated is what `from package import measure` gives; a name that only its own module has is.
# So for our code: hand over the object in place of its name (scripts/check_docstrings.py).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q numpydoc==1.11.0
mkdir package
echo 'from .area import area' > package/__init__.py
echo 'from .length import measure' >> package/__init__.py
for name in area length; do printf '"""Of rooms."""\n\n\ndef %s(x):\n    return x\n' "${name/length/measure}" > "package/$name.py"; done
venv/bin/python - <<'PY'
import sys
from importlib.metadata import version

import package
from numpydoc.validate import validate

print("numpydoc", version("numpydoc"))
seen = {}
for name in ("package.area", "package.measure", "package.area.area"):
    result = validate(name)
    seen[name] = result["type"], [code for code, _ in result["errors"]]
    given = type(getattr(package, name.split(".")[1])).__name__
    print(f"{name}: the package gives a {given}; validated is a {seen[name][0]}, faults {seen[name][1]}")
expected = {
    "package.area": ("module", []),
    "package.measure": ("function", ["GL08"]),
    "package.area.area": ("function", ["GL08"]),
}
sys.exit(0 if seen == expected else "changed")
PY
