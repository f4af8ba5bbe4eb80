# How this machine reaches package indexes; sourced by the scripts that install or download packages.
#
# pip reads its own configuration. uv does not: `adopt_pip_settings` hands it over (to resolve locks,
# `adopt_pip_connection`). Neither looks at the system's
# certificates in every version: both are told to. `explained` runs a command and says what is wrong when it fails.

# Prints the file that holds the certificates this system trusts; nothing where there is none.
system_certificates() {
    local file
    for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem \
        /etc/ssl/cert.pem; do
        if [ -s "$file" ]; then echo "$file"; return; fi
    done
}

# pip_setting NAME: what `pip install` would use, list items separated by white space; nothing where it is not set.
# Reads $pip_settings, the output of `pip config list`: lines like global.index-url='https://…'.
pip_setting() {
    local variable section value
    variable=PIP_$(tr 'a-z-' 'A-Z_' <<<"$1")
    if [ -n "${!variable:-}" ]; then echo "${!variable}"; return; fi
    for section in install global; do
        value=$(sed -n "s/^$section\.$1=//p" <<<"${pip_settings:-}" | tail -n 1)
        [ -n "$value" ] || continue
        value=${value#[\'\"]} value=${value%[\'\"]}
        printf '%b\n' "$value"
        return
    done
}

# read_pip_settings PIP…: remembers what this pip is configured with.
read_pip_settings() {
    pip_settings=$("$@" config list 2>/dev/null || true)
}

# hand_over VARIABLE SETTING [SEPARATOR]: gives uv a setting of pip, where the variable is not set already.
hand_over() {
    local items
    [ -z "${!1:-}" ] || return 0
    items=$(pip_setting "$2")
    [ -n "$items" ] || return 0
    # Unquoted on purpose: splits the list at white space.
    # shellcheck disable=SC2086
    items=$(printf '%s\n' $items | paste -s -d "${3:- }" -)
    export "$1=$items"
}

# Gives uv what pip is configured with to reach its index: address, certificates, proxy, patience.
adopt_pip_connection() {
    if [ -x .venv-uv/bin/pip ]; then read_pip_settings .venv-uv/bin/pip
    elif command -v pip3 >/dev/null; then read_pip_settings pip3
    else read_pip_settings python3 -m pip
    fi
    [ -n "${UV_INDEX_URL:-}" ] || hand_over UV_DEFAULT_INDEX index-url
    hand_over UV_INSECURE_HOST trusted-host
    hand_over UV_HTTP_TIMEOUT default-timeout
    hand_over SSL_CERT_FILE cert
    hand_over SSL_CLIENT_CERT client-cert
    adopt_proxy
    trust_system_certificates
}

# The same, and where else pip finds packages. Locks are not resolved with these: they would hold for this site alone.
adopt_pip_settings() {
    adopt_pip_connection
    [ -n "${UV_EXTRA_INDEX_URL:-}" ] || hand_over UV_INDEX extra-index-url
    # pip looks for a version in all its indexes. Hashes say what is installed, whoever hands it out.
    [ -z "${UV_INDEX:-}" ] || export UV_INDEX_STRATEGY=${UV_INDEX_STRATEGY:-unsafe-best-match}
    hand_over UV_FIND_LINKS find-links ,
    hand_over UV_NO_INDEX no-index
}

# pip's own proxy setting goes before the variables, for http and https.
adopt_proxy() {
    local proxy
    proxy=$(pip_setting proxy)
    [ -z "$proxy" ] || export HTTP_PROXY="$proxy" HTTPS_PROXY="$proxy" http_proxy="$proxy" https_proxy="$proxy"
}

# uv brings certificates of its own and uses them alone unless told; UV_NATIVE_TLS is the older versions' word.
trust_system_certificates() {
    [ -n "$(system_certificates)" ] || [ "$(uname)" = Darwin ] || return 0
    export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-true} UV_NATIVE_TLS=${UV_NATIVE_TLS:-true}
}

# run_pip NAME PIP… -- ARGUMENT…: explained pip. Before 24.2 it trusts certificates of its own alone unless told.
run_pip() {
    local name=$1 pip=() certificates version; shift
    while [ "$1" != -- ]; do pip+=("$1"); shift; done
    shift
    read_pip_settings "${pip[@]}"
    version=$("${pip[@]}" --version | sed -E 's/^pip ([0-9]+\.[0-9]+).*/\1/')
    certificates=$(system_certificates)
    if [ -z "$(pip_setting cert)${REQUESTS_CA_BUNDLE:-}${CURL_CA_BUNDLE:-}" ] && [ -n "$certificates" ] \
        && [ "$(printf '%s\n' "$version" 24.2 | sort -V | head -n 1)" != 24.2 ]; then
        PIP_CERT=$certificates explained "$name" "${pip[@]}" "$@"
    else
        explained "$name" "${pip[@]}" "$@"
    fi
}

# explained NAME COMMAND…: runs it; when it fails, shows what it said, without credentials, and what is wrong.
explained() {
    local name=$1 log status=0; shift
    log=$(mktemp -d)
    PIP_LOG=$log/pip PIP_NO_INPUT=1 "$@" 2>"$log/said" || status=$?
    without_credentials <"$log/said" >&2
    if [ "$status" -ne 0 ]; then
        # A quiet pip keeps the reason to its log.
        [ ! -e "$log/pip" ] || grep -o 'Could not fetch URL.*' "$log/pip" | sort -u | tee -a "$log/said" \
            | without_credentials >&2
        diagnosis "$name" "$log/said" >&2
    fi
    rm -rf "$log"
    return "$status"
}

without_credentials() {
    sed -E 's#(//)[^/@[:space:]]*@#\1***@#g'
}

# diagnosis NAME LOG: which of this machine's settings is wrong, told from what pip or uv wrote, and what to do.
diagnosis() {
    local name=$1 proxy
    proxy=$(proxy_in_use)
    case $(cause "$2" "$proxy") in
        checksum) advise "$name" "an index hands out a file that is not the one the lock names." \
            "See which index or proxy changes files; nothing was installed from it." ;;
        certificate) advise "$name" "the certificate of the index or of a proxy before it is not trusted." \
            "Add your site's CA to the system's store (update-ca-certificates, update-ca-trust), or name its PEM" \
            "file: pip config set global.cert FILE, or the variable SSL_CERT_FILE." ;;
        proxy-login) advise "$name" "the proxy wants a user and a password, or does not take the ones given." \
            "Put them into HTTPS_PROXY, or pip's setting proxy: http://USER:PASSWORD@HOST:PORT." ;;
        proxy-refuses) advise "$name" "the proxy is there and refuses to connect to the index." \
            "Ask whoever runs it to allow the index, or name the index in NO_PROXY." ;;
        proxy-away) advise "$name" "the proxy can't be reached." \
            "Correct HTTPS_PROXY, HTTP_PROXY or pip's setting proxy, or name the index in NO_PROXY." ;;
        login) advise "$name" "the index wants a user and a password, or does not take the ones given." \
            "Put them into ~/.netrc, or into pip's setting index-url." ;;
        missing) advise "$name" "the index answers, and has not what is asked for." \
            "Correct pip's setting index-url (it mostly ends in /simple), or add an index: extra-index-url." ;;
        unreachable) advise "$name" "the index can't be reached: its name, its port or the network is wrong." \
            "Correct pip's setting index-url; behind a proxy, set HTTPS_PROXY." ;;
        *) advise "$name" "this failed for a reason that is not one of the network's settings; see above." ;;
    esac
    {
        echo "$name: index: ${UV_DEFAULT_INDEX:-$(pip_setting index-url)}"
        echo "$name: proxy: $proxy"
        echo "$name: certificates: ${SSL_CERT_FILE:-$(pip_setting cert)}"
    } | without_credentials | sed -e 's/: $/: not set/'
}

advise() {
    local name=$1 line; shift
    for line in "$@"; do echo "$name: $line"; done
}

# cause LOG PROXY: one word for what is wrong.
cause() {
    says() { grep -q -i -E "$1" "$2"; }
    if says 'hash mismatch|do not match the hashes' "$1"; then echo checksum
    elif says 'invalid peer certificate|UnknownIssuer|certificate.verify.failed|self.signed certificate' "$1"; then
        echo certificate
    elif says 'proxy authorization required|\b407\b' "$1"; then echo proxy-login
    elif [ -n "$2" ] && ! reachable "$2"; then echo proxy-away
    elif says 'tunnel error: unsuccessful|unsuccessful tunnel|tunnel connection failed|cannot connect to proxy' "$1"; then echo proxy-refuses
    elif says '\b(401|403)\b|unauthorized|forbidden' "$1"; then echo login
    elif says 'dns error|connection refused|connection reset|timed out|failed to establish|unreachable|name resolution|error sending request' "$1"; then
        echo unreachable
    elif says '\b404\b|not found in the package registry|no matching distribution|no version of' "$1"; then
        echo missing
    fi
}

proxy_in_use() {
    echo "${https_proxy:-${HTTPS_PROXY:-${http_proxy:-${HTTP_PROXY:-${all_proxy:-${ALL_PROXY:-$(pip_setting proxy)}}}}}}"
}

# reachable URL: whether something listens there.
reachable() {
    local address=${1#*://} host port
    address=${address##*@} address=${address%%/*}
    host=${address%:*} port=${address##*:}
    [ "$port" != "$address" ] || { host=$address port=80; }
    host=${host#[} host=${host%]}
    timeout 5 bash -c '</dev/tcp/"$0"/"$1"' "$host" "$port" 2>/dev/null
}
