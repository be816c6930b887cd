"""A certificate authority made with the openssl command, as docs/guides/certificates.md tells."""

import datetime
import subprocess

TRUST_DOMAIN = "hub.example"


def openssl(*arguments, text=None, check=True):
    done = subprocess.run(["openssl", *map(str, arguments)], input=text, capture_output=True,
                          text=True, errors="replace", timeout=60)
    if check and done.returncode != 0:
        raise AssertionError(f"openssl {arguments}: {done.stderr}")
    return done


def spiffe(path, domain=TRUST_DOMAIN):
    return f"URI:spiffe://{domain}/{path}"


def member(name):
    """The subject alternative name of "tenant/member"."""
    tenant, person = name.split("/")
    return spiffe(f"tenant/{tenant}/member/{person}")


class Files:
    """Paths of a certificate and its key, and what is in them."""

    def __init__(self, folder, name):
        self.certificate = folder / f"{name}.pem"
        self.key = folder / f"{name}.key"

    def read(self):
        return self.key.read_bytes(), self.certificate.read_bytes()


class Authority(Files):
    def __init__(self, folder, name="ca"):
        super().__init__(folder, name)
        self.folder = folder
        self._name = name
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", 10, "-subj", "/CN=Hub CA", "-keyout", self.key, "-out", self.certificate)
        (folder / f"{name}.index").touch()
        self._config = folder / f"{name}.cnf"
        self._config.write_text(f"""
[ca]
default_ca = this
[this]
database = {folder}/{name}.index
new_certs_dir = {folder}
certificate = {self.certificate}
private_key = {self.key}
default_md = sha256
policy = any
unique_subject = no
rand_serial = yes
[any]
commonName = supplied
""")

    def issue(self, name, *names, usage="clientAuth", begins_in=-1, ends_in=24):
        """Signs a new key for the subject alternative names; valid between two times from now, in
        hours."""
        files = Files(self.folder, name)
        request = self.folder / f"{name}.csr"
        extensions = self.folder / f"{name}.ext"
        lines = ["basicConstraints = CA:FALSE", f"extendedKeyUsage = {usage}"]
        if names:
            lines.append(f"subjectAltName = {','.join(names)}")
        extensions.write_text("\n".join(lines) + "\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                f"/CN={name}", "-keyout", files.key, "-out", request)
        openssl("ca", "-batch", "-notext", "-config", self._config, "-in", request, "-out",
                files.certificate, "-extfile", extensions, "-startdate", _hours_from_now(begins_in),
                "-enddate", _hours_from_now(ends_in))
        return files


def _hours_from_now(hours):
    time = datetime.datetime.utcnow() + datetime.timedelta(hours=hours)
    return time.strftime("%Y%m%d%H%M%SZ")
