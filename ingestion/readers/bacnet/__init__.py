"""BACnet/IP: devices are found, their objects read, followed and looked back on. Needs the extra ``bacnet`` where it connects."""
