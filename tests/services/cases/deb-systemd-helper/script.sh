r deb-systemd-helper unmask t-deb.service
export DPKG_MAINTSCRIPT_PACKAGE=foo
printf "[Unit]\nDescription=deb\n[Service]\nExecStart=/bin/sleep 9999\n[Install]\nWantedBy=multi-user.target\nAlias=t-debal.service\n" > /usr/lib/systemd/system/t-deb.service
r deb-systemd-helper unmask t-deb.service
r deb-systemd-helper --quiet was-enabled t-deb.service
r deb-systemd-helper enable t-deb.service
links t-deb
systemctl daemon-reload
r systemctl is-enabled t-deb
r deb-systemd-helper update-state t-deb.service
r deb-systemd-invoke start t-deb.service
r systemctl is-active t-deb
r deb-systemd-invoke restart t-deb.service
r deb-systemd-invoke stop t-deb.service
systemctl disable t-deb
r deb-systemd-helper --quiet was-enabled t-deb.service
r deb-systemd-invoke start t-deb.service
r deb-systemd-helper mask t-deb.service
links t-deb
r deb-systemd-helper unmask t-deb.service
r deb-systemd-helper purge t-deb.service
rm -f /usr/lib/systemd/system/t-deb.service; find /etc/systemd/system -name 't-deb*' -delete
[ ! -e /usr/sbin/policy-rc.d ] || mv /usr/sbin/policy-rc.d /run/t-policy
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d
r deb-systemd-invoke start cron.service
rm /usr/sbin/policy-rc.d
[ ! -e /run/t-policy ] || mv /run/t-policy /usr/sbin/policy-rc.d
