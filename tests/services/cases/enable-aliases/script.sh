r systemctl enable t-ena
links t-ena
r systemctl is-enabled t-enaka
r systemctl is-enabled t-ena
r systemctl start t-enaka
r systemctl is-active t-ena
r systemctl disable t-ena
r systemctl is-enabled t-enb
r systemctl enable t-enb
r systemctl is-enabled t-enb t-ena
r systemctl disable t-enb
r systemctl enable t-enc
links t-enc
p t-ena Requires; p t-enb Upholds
r systemctl disable t-enc
