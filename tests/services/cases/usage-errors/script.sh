r systemctl start
r systemctl is-active
r systemctl bogusverb
r systemctl --bogus
r systemctl -Z
r systemctl --user is-active t-ue
r systemctl edit t-ue
r systemctl enable
r systemctl cat
r systemctl set-default
r systemctl set-default a b
r systemctl isolate
r systemctl is-active -.mount
r systemctl --state=bogus list-units
r systemctl --type=bogus list-units
r systemctl --output=bogus status
r systemctl --lines=abc status
r systemctl --signal
r systemctl --n
r systemctl --no-leg --pl list-units t-ue.service
r systemctl --kill-whom=main is-active t-ue
r systemctl --when=bogus poweroff
r systemctl is-enabled /etc/systemd/system/t-ue.service
r systemctl help t-ue
