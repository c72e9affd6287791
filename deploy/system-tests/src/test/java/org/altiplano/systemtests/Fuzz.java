package org.altiplano.systemtests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.altiplano.engine.store.SmolLm2;

/**
 * Owns a platform at which requests are made that nobody thought of, on the test's thread: schemathesis makes them from the API's own
 * description, right and wrong ones, as a caller that is let in. None is answered with a 5xx, and each answer is one that the description
 * names.
 */
final class Fuzz implements AutoCloseable {

    private final Platform platform;
    private final Api api;
    private final int requests;

    /**
     * Starts the platform.
     *
     * @param platform not yet up
     * @param requests how many are made of each kind for each operation
     */
    Fuzz(Platform platform, int requests) {
        this.platform = platform;
        this.requests = requests;
        platform.must("models", "import", SmolLm2.gguf().toString(), "--name", Platform.CHAT_MODEL);
        platform.must("up", "--http-port", "0");
        api = platform.api();
        // However long an answer is asked for, it ends soon.
        api.administer("POST", "/admin/v1/usage-policies", Api.object().put("tenant", "default").put("scope", "tenant").put("maxContext", 64));
    }

    void inference() throws Exception {
        run("^/v1/", "Authorization: Bearer " + platform.key());
    }

    void administration() throws Exception {
        // A sign-out would end the session that the others need.
        run("^/(admin/v1|auth)/", "Cookie: " + api.session(), "--exclude-path", "/auth/logout", "-H", "X-Requested-With: altiplano");
    }

    private void run(String paths, String credentials, String... more) throws Exception {
        Path packages = ClientScript.python("fuzz");
        List<String> command = new ArrayList<>(List.of("python3", "-m", "schemathesis.cli", "run", platform.baseUrl() + "/openapi", "--include-path-regex", paths,
                "-H", credentials, "--max-examples", Integer.toString(requests), "--phases", "examples,coverage,fuzzing", "--seed", "1", "--workers", "1", "--checks",
                "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance",
                // Else it would try credentials of its own in the place of those that let it in.
                "--generation-with-security-parameters", "false", "--generation-database", "none", "--warnings", "off", "--request-timeout", "60"));
        command.addAll(List.of(more));
        ClientScript.run(ClientScript.WORK, Map.of("PYTHONPATH", packages.toString(), "NO_COLOR", "1"), 1_800, command.toArray(String[]::new));
    }

    @Override
    public void close() {
        platform.close();
    }
}
