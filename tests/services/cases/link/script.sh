mkdir -p /opt/tu; printf '[Service]\nExecStart=/bin/sleep 9999\n[Install]\nWantedBy=multi-user.target\n' > /opt/tu/t-lnk.service
r systemctl link /opt/tu/t-lnk.service
r systemctl is-enabled t-lnk
r systemctl start t-lnk
r systemctl status t-lnk -n0
r systemctl enable t-lnk
links t-lnk
r systemctl is-enabled t-lnk
r systemctl disable t-lnk
r systemctl is-enabled t-lnk
r systemctl enable /opt/tu/t-lnk.service
links t-lnk
r systemctl disable t-lnk
r systemctl link /opt/tu/nope.service
r systemctl link relative.service
r systemctl link /etc/systemd/system/t-lnk0.service
systemctl stop t-lnk; rm -rf /opt/tu
