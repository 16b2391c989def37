r systemctl list-unit-files 't-lf*'
systemctl enable -q t-lfa; ln -s /dev/null $U/t-lfm.service; ln -s t-lfb.service $U/t-lfal.service; dr
r systemctl list-unit-files 't-lf*'
r systemctl list-unit-files --no-legend 't-lf*'
r systemctl list-unit-files --state=enabled 't-lf*'
r systemctl list-unit-files --state=static,masked --no-legend 't-lf*'
r systemctl list-unit-files --type=service t-lfa.service
r systemctl list-unit-files t-lfzz.service
r systemctl list-unit-files --output=json 't-lf*'
systemctl disable -q t-lfa
