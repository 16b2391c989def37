r systemctl is-enabled t-ens
r systemctl enable t-ens
r systemctl disable t-ens
r systemctl enable --now t-ens
r systemctl is-active t-ens
r systemctl --quiet enable t-ens
r systemctl preset t-ens
