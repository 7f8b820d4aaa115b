"""One file that brings a version to a machine without Internet: made by `./run bundle`, installed by `sh FILE`."""
