r systemctl is-enabled t-en
r systemctl enable t-en
links t-en
r systemctl enable t-en
r systemctl is-enabled t-en
r systemctl status t-en -n0
r systemctl disable t-en
r systemctl disable t-en
links t-en
r systemctl reenable t-en
r systemctl reenable t-en
r systemctl disable --now t-en
r systemctl enable --now t-en
r systemctl is-active t-en
r systemctl disable --now t-en
r systemctl is-active t-en
r systemctl enable t-en --now --quiet
r systemctl disable --quiet t-en
r systemctl is-enabled -q t-en
