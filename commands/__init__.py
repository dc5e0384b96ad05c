"""The commands of `vistka` that stand in files of their own; cli.py mounts them."""
