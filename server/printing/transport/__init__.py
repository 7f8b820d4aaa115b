"""Ways to a printer: TCP, serial, the kernel's lp, USB, CUPS, a folder of pictures."""
