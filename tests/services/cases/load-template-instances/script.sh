for i in x y z; do p t-ltx@$i Description,Environment,FragmentPath,DropInPaths; done
ln -s t-ltx@.service $U/t-ltxal@.service; dr
p t-ltxal@q Id,Names,Description
r systemctl start t-ltxal@q
r systemctl is-active t-ltx@q t-ltxal@q
