#!/usr/bin/env bash
# Installs 就援 from this folder, without any network. Can be run again: it goes on where it was stopped, and upgrades.
#   ./install.sh --domain jiuyuan.example.gov.cn [--key PUBLIC-KEY] [--data DIR] [--backups DIR] [--prefix DIR] [--no-services]
set -euo pipefail
umask 022 # on a hardened machine the program would else be closed to the account that runs it
cd "$(dirname "$(readlink -f "$0")")"

domain="" data=/srv/jiuyuan backups=/var/backups/jiuyuan prefix=/opt/jiuyuan key="" services=yes
while [ $# -gt 0 ]; do
    case "$1" in
    --domain) domain=$2; shift 2 ;;
    --data) data=$2; shift 2 ;;
    --backups) backups=$2; shift 2 ;;
    --prefix) prefix=$2; shift 2 ;;
    --key) key=$2; shift 2 ;;
    --no-services) services=no; shift ;;
    *) echo "install.sh：不认识 $1" >&2; exit 2 ;;
    esac
done
say() { printf '%s\n' "$*"; }
stop() { printf 'install.sh：%s\n' "$*" >&2; exit 1; }
as_user() { runuser -u jiuyuan -- env -C / JIUYUAN_DATA="$data" "$@"; }

[ "$(id -u)" -eq 0 ] || stop "请用 root 运行。"
[ -n "$domain" ] || stop "请写明网址的域名：--domain jiuyuan.example.gov.cn"
[[ $domain =~ ^[A-Za-z0-9.-]+$ ]] || stop "域名只能有字母、数字、点和连字符：$domain"
version=$(cat VERSION)
arch=$(uname -m)
[ -d "wheels/$arch" ] || stop "这个安装包没有 $arch 的程序，只有：$(cd wheels && echo */)"

say "1. 核对安装包"
if [ -n "$key" ]; then
    openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig >/dev/null ||
        stop "签名不对：这个安装包不是持有那把密钥的人做的，或被改动过。"
else
    say "   没有给出公钥（--key），只核对校验值，不核对是谁做的。"
fi
sha256sum --check --quiet SHA256SUMS || stop "有文件被改动或不完整，请重新拷贝。"

say "2. 核对系统软件"
missing=()
while read -r name; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q "install ok installed" || missing+=("$name")
done <debian-packages.txt
[ ${#missing[@]} -eq 0 ] || stop "还缺 Debian 软件包：${missing[*]}。请从本单位的软件源或光盘安装后再运行，本程序不上网。"
python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || stop "需要 Python 3.11（Debian 12），本机是 $(python3 -V)。"

say "3. 账号和文件夹"
id -u jiuyuan >/dev/null 2>&1 || useradd --system --user-group --home-dir "$data" --no-create-home --shell /usr/sbin/nologin jiuyuan
install -d -m 0755 "$prefix"
install -d -m 0700 -o jiuyuan -g jiuyuan "$data" "$backups" /var/log/jiuyuan

say "4. 程序 $version"
# A folder a version. One that was not finished lacks its mark and is made anew.
if [ ! -e "$prefix/$version/complete" ]; then
    rm -rf "${prefix:?}/$version"
    python3 -m venv "$prefix/$version"
    pip=("$prefix/$version/bin/pip" install --quiet --no-input --disable-pip-version-check --no-index --no-deps)
    "${pip[@]}" --require-hashes --find-links "wheels/$arch" -r requirements-run.lock
    "${pip[@]}" wheels/jiuyuan-*.whl
    "$prefix/$version/bin/python" -m compileall -q "$prefix/$version/lib" >/dev/null || true
    touch "$prefix/$version/complete"
fi

say "5. 数据库"
if [ "$services" = yes ]; then systemctl enable --now postgresql >/dev/null; else
    pg_lsclusters -h | while read -r number cluster _ state _; do
        [ "${state#online}" != "$state" ] || pg_ctlcluster "$number" "$cluster" start
    done
fi
psql() { runuser -u postgres -- env -C / psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"; }
for _ in $(seq 30); do psql -c 'SELECT 1' >/dev/null 2>&1 && break; sleep 1; done
[ "$(psql -c "SELECT 1 FROM pg_roles WHERE rolname = 'jiuyuan'")" = 1 ] || psql -c "CREATE ROLE jiuyuan LOGIN CREATEDB"
[ "$(psql -c "SELECT 1 FROM pg_database WHERE datname = 'jiuyuan'")" = 1 ] ||
    psql -c "CREATE DATABASE jiuyuan OWNER jiuyuan ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"

say "6. 安装或升级"
jiuyuan="$prefix/$version/bin/jiuyuan"
# The account `jiuyuan` of the system is the role `jiuyuan` of the database: no password lies anywhere.
# What was stopped in its first run is begun again, what ran before is upgraded, after a backup.
if [ ! -e "$data/jiuyuan.toml" ] || [ -e "$data/installing" ]; then
    as_user touch "$data/installing"
    as_user "$jiuyuan" init --database "postgres://jiuyuan@%2Fvar%2Frun%2Fpostgresql/jiuyuan" | grep -v '^  [0-9]\.'
    as_user rm "$data/installing"
    say "   没有记下这个密码的，运行：runuser -u jiuyuan -- env JIUYUAN_DATA=$data jiuyuan account password province"
elif as_user "$jiuyuan" upgrade --dry-run | grep -q '^  '; then
    as_user "$jiuyuan" backup "$backups"
    as_user "$jiuyuan" upgrade
fi
sed -i "s|^hosts = .*|hosts = [\"$domain\", \"127.0.0.1\"]|; s|^base_url = .*|base_url = \"https://$domain\"|" "$data/jiuyuan.toml"
grep -q '^tls_certificate' "$data/jiuyuan.toml" || sed -i '/^base_url/a tls_certificate = "/etc/jiuyuan/tls/site.crt"' "$data/jiuyuan.toml"
ln -sfn "$version" "$prefix/current"
ln -sfn "$prefix/current/bin/jiuyuan" /usr/local/bin/jiuyuan

say "7. 服务"
tls=/etc/jiuyuan/tls
install -d -m 0755 /etc/jiuyuan "$tls"
if [ ! -s "$tls/site.crt" ] || [ ! -s "$tls/site.key" ]; then
    (umask 077 && openssl req -x509 -newkey rsa:2048 -nodes -days 825 -subj "/CN=$domain" -addext "subjectAltName=DNS:$domain" -keyout "$tls/site.key" -out "$tls/site.crt" 2>/dev/null)
    chmod 0644 "$tls/site.crt"
    say "   用的是自己签的证书，浏览器会警告。换成正式的：放在 $tls/site.crt 和 site.key，再运行一次。"
fi
hsts="# add_header Strict-Transport-Security once the certificate is not one's own"
openssl verify -CAfile "$tls/site.crt" "$tls/site.crt" >/dev/null 2>&1 || hsts='add_header Strict-Transport-Security "max-age=31536000" always;'
workers=$((4 * $(nproc)))
fill() { sed "s|@DATA@|$data|g; s|@PREFIX@|$prefix|g; s|@BACKUPS@|$backups|g; s|@DOMAIN@|$domain|g; s|@TLS@|$tls|g; s|@HSTS@|$hsts|g; s|@WORKERS@|$workers|g" "$1"; }
install -d -m 0755 /etc/systemd/system
for unit in systemd/*; do fill "$unit" >"/etc/systemd/system/$(basename "$unit")"; done
install -m 0644 logrotate /etc/logrotate.d/jiuyuan
site=/etc/nginx/sites-available/jiuyuan
if [ -e "$site" ] && grep -q 'kept by hand$' "$site"; then say "   $site 由您自己维护，没有改动。"; else fill nginx.conf >"$site"; fi
ln -sfn "$site" /etc/nginx/sites-enabled/jiuyuan
rm -f /etc/nginx/sites-enabled/default
nginx -t -q
if [ "$services" = yes ]; then
    systemctl daemon-reload
    systemctl enable --quiet --now jiuyuan-web jiuyuan-worker jiuyuan-nightly.timer nginx
    systemctl restart jiuyuan-web jiuyuan-worker
    systemctl reload nginx
    for _ in $(seq 60); do
        runuser -u jiuyuan -- python3 -c 'import urllib.request as r; r.urlopen("http://127.0.0.1:8000/health/ready", timeout=5)' 2>/dev/null && break
        sleep 1
    done
fi

say "8. 体检"
as_user "$jiuyuan" check || true
say "装好了：https://$domain 。接下来照 docs/operations.md 的“Accounts”开账号；jiuyuan.toml 和 keys/ 请另存一份。"
