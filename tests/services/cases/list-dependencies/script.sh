r systemctl start t-lde3
rs "systemctl list-dependencies t-lde1 --no-pager | grep -E 'lde|system.slice'"
r systemctl list-dependencies --reverse t-lde4 --no-pager
r systemctl list-dependencies --reverse t-lde4 --plain
r systemctl list-dependencies --reverse t-lde2 t-lde3
r systemctl list-dependencies t-ldenone
