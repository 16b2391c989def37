#!/bin/sh
# Package scripts may start and restart their services: PID 1 is a service manager (policy-rc.d(8): 0 = allowed).
exit 0
