"""The hall's voice: languages as data, clips joined, the engines, where the sound goes, and a thread for each zone."""
