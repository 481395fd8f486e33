#!/usr/bin/env python3
"""Writes src/Granary.Models/Tokenization/Normalizers/unicode-normalization.txt from Python's unicodedata (facts of the Unicode Character Database).

Lines: 'C<class> <ranges>' combining classes; 'D<code point> <canonical decomposition>'; 'K<code point> <compatible decomposition>';
'X <code points>' that never come out of composition. All numbers are hexadecimal.
"""
import pathlib
import sys
import unicodedata

root = pathlib.Path(__file__).resolve().parents[2]
target = root / "src/Granary.Models/Tokenization/Normalizers/unicode-normalization.txt"
lines = [f"# Unicode {unicodedata.unidata_version}, made by tests/tokenizers/make-unicode-data.py"]
classes = {}
for c in range(sys.maxunicode + 1):
    k = unicodedata.combining(chr(c))
    if k:
        runs = classes.setdefault(k, [])
        if runs and runs[-1][1] == c - 1:
            runs[-1][1] = c
        else:
            runs.append([c, c])
for k in sorted(classes):
    lines.append(f"C{k:x} " + " ".join(f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in classes[k]))
excluded = []
for c in range(sys.maxunicode + 1):
    text = unicodedata.decomposition(chr(c))
    if not text or 0xAC00 <= c <= 0xD7A3:
        continue
    kind = "K" if text.startswith("<") else "D"
    parts = [p.lower().lstrip("0") or "0" for p in text.split() if not p.startswith("<")]
    lines.append(f"{kind}{c:x} " + " ".join(parts))
    if kind == "D" and unicodedata.normalize("NFC", chr(c)) != chr(c):
        excluded.append(f"{c:x}")
lines.append("X " + " ".join(excluded))
target.write_text("\n".join(lines) + "\n")
