"""Grades the mistakes of a list: `python wrong_dags.py GRADER REFERENCE LIST [RUNNER]`.

Each must be reported by the sentences that the list names, and by no other. The reference must
pass. The list's tables `wrong` are for the grader of serialised DAGs; with a runner, its tables
`run` are tried instead, each by a run in Airflow. Exit code 0 if all were noticed; else 1, and
a line for each that slipped through.
"""

import importlib.util
import sys
import tempfile
import tomllib
from pathlib import Path

sys.dont_write_bytecode = True


def load(path: Path):
    """A grader, by its path."""
    sys.path.insert(0, str(path.parent))
    sys.path.insert(0, str(Path(__file__).parent))
    spec = importlib.util.spec_from_file_location("grader", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def slipped(grade, reference: Path, wrongs: list[dict]) -> list[str]:
    """What was not noticed, or was not what was noticed."""
    lines = [f"the reference: {sentence}" for sentence in grade(reference)]
    text = reference.read_text()
    for wrong in wrongs:
        name = wrong["name"]
        if wrong["replace"] not in text:
            lines.append(f"{name}: the reference does not hold {wrong['replace']!r}")
            continue
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / reference.name
            file.write_text(text.replace(wrong["replace"], wrong["by"], 1))
            found = grade(file)
        expected = [wrong["says"], *wrong.get("also", [])]
        lines += [
            f"{name}: nothing says {part!r}"
            for part in expected
            if not any(part in sentence for sentence in found)
        ]
        lines += [
            f"{name}: it was reported as well that: {sentence}"
            for sentence in found
            if not any(part in sentence for part in expected)
        ]
    return lines


if __name__ == "__main__":
    grader, reference, file = (Path(word).resolve() for word in sys.argv[1:4])
    tables = tomllib.loads(file.read_text())
    if len(sys.argv) > 4:
        wrongs, grade = tables["run"], load(Path(sys.argv[4]).resolve()).wrong
    else:
        wrongs, grade = tables["wrong"], load(grader).missing
    lines = slipped(grade, reference, wrongs)
    print("\n".join(lines) or f"{len(wrongs)} mistakes, each reported for what it is")
    sys.exit(1 if lines else 0)
