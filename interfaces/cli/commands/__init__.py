"""The words of the command line, a module a command or group: parameters and help, and nothing that takes long to import."""
