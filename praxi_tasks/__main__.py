"""Run the command line as ``python -m praxi_tasks``."""

from praxi_tasks.cli import main

if __name__ == "__main__":
    main()
