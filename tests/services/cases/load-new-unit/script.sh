printf '[Service]\nExecStart=/bin/sleep 9930\n' > $U/t-lnu.service
r systemctl start t-lnu
r systemctl is-active t-lnu
printf '[Service]\nExecStart=/bin/sleep 9929\n' > $U/t-lnu2.service
r systemctl is-active t-lnu2
r systemctl cat t-lnu2
r systemctl start t-lnu2
procs t-lnu2
mkdir -p $U/t-lnu2.service.d; printf '[Service]\nExecStart=\nExecStart=/bin/sleep 9928\n' > $U/t-lnu2.service.d/a.conf
r systemctl stop t-lnu2
r systemctl start t-lnu2
procs t-lnu2
systemctl stop t-lnu2
dr
r systemctl start t-lnu2
procs t-lnu2
