#!/usr/bin/python3
"""query.py USER - prints the sessions of a user, as `systemd-login query`, in Python over D-Bus."""
import sys

import dbus

LOGIN = "org.freedesktop.login1"
bus = dbus.SystemBus()
manager = dbus.Interface(bus.get_object(LOGIN, "/org/freedesktop/login1"), LOGIN + ".Manager")
found = []
for session, uid, user, seat, path in manager.ListSessions():
    if user != sys.argv[1]:
        continue
    interface = dbus.Interface(bus.get_object(LOGIN, path), "org.freedesktop.DBus.Properties")
    properties = interface.GetAll(LOGIN + ".Session")
    if str(properties["Class"]).startswith("user") and str(properties["State"]) != "closing":
        found.append(str(session))
print(found)
sys.exit(1 if found else 0)
