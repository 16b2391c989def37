ln -s t-las.service $U/t-las2.service; dr
r systemctl start t-las2
p t-las Id,Names,Environment
p t-las2 Id,Names
r systemctl is-active t-las t-las2
r systemctl status t-las2 -n0
r systemctl is-enabled t-las t-las2
r systemctl stop t-las
r systemctl is-active t-las2
r systemctl list-unit-files 't-las*'
