mv $U/t-vmr.service /usr/lib/systemd/system/; dr
systemctl start t-vmr
r systemctl mask t-vmr
r systemctl is-active t-vmr
r systemctl is-enabled t-vmr
r systemctl status t-vmr -n0
r systemctl stop t-vmr
r systemctl unmask t-vmr
systemctl start t-vmr
r systemctl mask --now t-vmr
r systemctl is-active t-vmr
r systemctl unmask t-vmr
r systemctl mask --runtime t-vmr
r systemctl is-enabled t-vmr
r systemctl unmask --runtime t-vmr
rm /usr/lib/systemd/system/t-vmr.service; dr
