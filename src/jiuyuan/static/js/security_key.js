// A form with data-security-key="create" or "get" asks a security key before it is sent; without this its button stays hidden.
(() => {
    const decoded = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
    const encoded = (buffer) =>
        btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

    function readable(options) {
        const asked = options.publicKey;
        asked.challenge = decoded(asked.challenge);
        if (asked.user) asked.user.id = decoded(asked.user.id);
        for (const list of [asked.excludeCredentials, asked.allowCredentials]) {
            for (const one of list || []) one.id = decoded(one.id);
        }
        return options;
    }

    function sendable(answer) {
        const response = {};
        for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
            if (answer.response[name]) response[name] = encoded(answer.response[name]);
        }
        return JSON.stringify({ id: answer.id, rawId: encoded(answer.rawId), type: answer.type, response });
    }

    for (const form of document.querySelectorAll("form[data-security-key]")) {
        if (!window.PublicKeyCredential) continue;
        const part = (name) => form.querySelector(`[data-part="${name}"]`);
        const options = readable(JSON.parse(form.dataset.options));
        if (part("cannot")) part("cannot").hidden = true;
        part("button").hidden = false;
        form.addEventListener("submit", async (event) => {
            event.preventDefault();
            part("failed").hidden = true;
            try {
                form.elements.key.value = sendable(await navigator.credentials[form.dataset.securityKey](options));
            } catch {
                part("failed").hidden = false;
                return;
            }
            form.submit();
        });
    }
})();
