r systemctl preset t-pre
r systemctl is-enabled t-pre
mkdir -p /etc/systemd/system-preset; echo 'disable t-pre.service' > /etc/systemd/system-preset/10-t.preset
r systemctl list-unit-files t-pre.service
r systemctl preset t-pre
r systemctl is-enabled t-pre
r systemctl status t-pre -n0
r systemctl preset --preset-mode=enable-only t-pre
r systemctl preset --preset-mode=bogus t-pre
rm /etc/systemd/system-preset/10-t.preset
