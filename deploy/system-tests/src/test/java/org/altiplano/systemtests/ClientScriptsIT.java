package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The official clients for Python and Node and the AI SDK work unchanged; the checks are the scripts in clients/. */
@ExtendWith(SharedPlatform.class)
class ClientScriptsIT {

    private static final Path CLIENTS = ClientScript.CLIENTS;
    private static final Path WORK = ClientScript.WORK;

    @Test
    void theOpenAiClientForPythonWorks(Platform platform) throws Exception {
        Path packages = ClientScript.python("python");
        run(WORK, environment(platform, Map.of("PYTHONPATH", packages.toString())), "python3",
                CLIENTS.resolve("python/acceptance.py").toString());
    }

    @Test
    void theOpenAiClientForNodeWorks(Platform platform) throws Exception {
        run(nodeClients(), environment(platform, Map.of()), "node", "openai.mjs");
    }

    @Test
    void theAiSdkWorks(Platform platform) throws Exception {
        run(nodeClients(), environment(platform, Map.of()), "node", "ai-sdk.mjs");
    }

    private static synchronized Path nodeClients() throws Exception {
        Path folder = Files.createDirectories(WORK.resolve("node"));
        Path lock = folder.resolve("package-lock.json");
        boolean fresh = !Files.exists(folder.resolve("node_modules"))
                || Files.mismatch(CLIENTS.resolve("node/package-lock.json"), lock) >= 0;
        try (var sources = Files.newDirectoryStream(CLIENTS.resolve("node"))) {
            for (Path source : sources) {
                Files.copy(source, folder.resolve(source.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (fresh) {
            run(folder, Map.of(), "npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund");
        }
        return folder;
    }

    private static Map<String, String> environment(Platform platform, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.putAll(Map.of("OPENAI_BASE_URL", platform.baseUrl() + "/v1", "OPENAI_API_KEY", platform.key(),
                "MODEL", Platform.CHAT_MODEL));
        return environment;
    }

    private static void run(Path folder, Map<String, String> environment, String... command) throws Exception {
        String said = ClientScript.run(folder, environment, 240, command);
        assertFalse(said.contains("FAILED"), said);
    }
}
