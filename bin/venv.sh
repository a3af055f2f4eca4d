# Read by the other commands here: makes .venv with what a list of requirements asks for.
# It needs only a Python and a package registry.

stop() {
    printf '\nLỗi: %s\n' "$1" >&2
    exit 1
}

# Set $python to the first Python that is new enough.
find_python() {
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            return
        fi
    done
    found=$(python3 --version 2>&1) || found="không tìm thấy python3"
    stop "cần Python 3.11 trở lên (đang có: $found). Trên Debian, Ubuntu: apt-get install python3 python3-venv"
}

# prepare_venv FILE...: install these lists of requirements, unless that was done before.
prepare_venv() {
    find_python
    # .venv/installed is written last: a .venv without it was never finished, and a
    # half-made one is never trusted. It names what was installed, and of which state.
    state=$({ "$python" --version && cat requirements*.txt; } | cksum)
    if grep -qxF "$state $*" .venv/installed 2>/dev/null && .venv/bin/python --version >/dev/null 2>&1; then
        return
    fi
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        stop "Python này thiếu mô-đun venv. Trên Debian, Ubuntu: apt-get install python3-venv"
    fi
    echo "• Cài các thư viện cần dùng vào .venv (chỉ làm khi danh sách thay đổi, mất khoảng một phút)"
    others=$(grep -F "$state " .venv/installed 2>/dev/null || true)
    if [ -f .venv/installed ] && .venv/bin/python -m pip --version >/dev/null 2>&1; then
        rm .venv/installed
    else
        "$python" -m venv --clear .venv || stop "không tạo được thư mục .venv; hãy kiểm tra quyền ghi và dung lượng đĩa."
    fi
    for list in "$@"; do
        .venv/bin/python -m pip install --no-input --disable-pip-version-check -r "$list" ||
            stop "cài thư viện từ $list không thành công. Hãy kiểm tra mạng (hoặc PIP_INDEX_URL nếu dùng kho riêng) rồi chạy lại."
    done
    printf '%s\n' "$others" "$state $*" >.venv/installed
}
