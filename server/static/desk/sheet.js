// The sheets that a hall goes on by without machines: one key prints them.
import { $ } from "../parts.js";

$("print").addEventListener("click", () => print());
if (location.hash === "#print") addEventListener("load", () => print());
