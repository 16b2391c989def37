for v in stop reload try-restart try-reload-or-restart kill reset-failed is-active is-failed is-enabled status cat freeze clean; do r systemctl $v t-vi; done
r systemctl reload t-vi2
r systemctl reload-or-restart t-vi2
r systemctl is-active t-vi2
r systemctl reload-or-restart t-vi
r systemctl is-active t-vi
r systemctl stop t-vi
r systemctl restart t-vi
r systemctl is-active t-vi
