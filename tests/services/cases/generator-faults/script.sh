generators=/etc/systemd/system-generators
mkdir -p $generators
generator() { cat > "$generators/$1"; chmod +x "$generators/$1"; }
unit='printf "[Service]\nExecStart=/bin/sleep 9999\n" >'
# Alone beside one that does well: systemd stops telling at the first fault.
faulty() {
  generator "t-gf-$1"
  r systemctl daemon-reload
  p t-gf-$1.service Id,LoadState,FragmentPath
  p t-gf-good.service Id,LoadState,FragmentPath
  rs "journalctl -b -o cat --no-pager | grep 't-gf-$1 '"
  rs "journalctl -b -o cat --no-pager | grep 't-gf-$1:'"
  rm "$generators/t-gf-$1"
}
generator t-gf-good <<G
#!/bin/sh
$unit \$1/t-gf-good.service
G
faulty fails <<G
#!/bin/sh
$unit \$1/t-gf-fails.service; exit 3
G
faulty killed <<G
#!/bin/sh
$unit \$1/t-gf-killed.service; kill -KILL \$\$
G
faulty words <<G
no program at all
G
faulty lost <<G
#!/no/such/interpreter
G
cp $generators/t-gf-good $generators/t-gf-off; sed -i s/good/off/ $generators/t-gf-off; chmod -x $generators/t-gf-off
r systemctl daemon-reload
p t-gf-off.service Id,LoadState,FragmentPath
r systemctl start t-gf-good
s t-gf-good
systemctl stop t-gf-good
rm $generators/t-gf-*; dr
r systemctl start t-gf-good
