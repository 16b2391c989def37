r systemctl enable --runtime t-enr
r systemctl is-enabled t-enr
links t-enr
r systemctl disable t-enr
r systemctl disable --runtime t-enr
r systemctl mask --runtime t-enr
r systemctl is-enabled t-enr
r systemctl unmask t-enr
r systemctl unmask --runtime t-enr
r systemctl is-enabled t-enr
