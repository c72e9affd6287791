package org.altiplano.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.altiplano.contract.Eventually;

/** A real Keycloak with the realm of {@code deploy/keycloak} and some members; the realm is the one that the gateway under test trusts. */
final class Keycloak implements AutoCloseable {

    private static final int PORT = Integer.getInteger("altiplano.identity.port");
    static final String PROVISIONER_SECRET = "the tests secret of the provisioner";
    private static final String BASE = "http://127.0.0.1:" + PORT;
    private static final Path HOME = Path.of(System.getProperty("keycloak.home"));
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;

    private Keycloak(Process process) {
        this.process = process;
    }

    static Keycloak start() {
        try {
            Path imports = Files.createDirectories(HOME.resolve("data/import"));
            JsonObject realm = merged(Gateway.json(Files.readString(Path.of(System.getProperty("keycloak.realm")))),
                    Gateway.json(Files.readString(Path.of("src/test/resources/realm-members.json"))));
            Files.writeString(imports.resolve("altiplano-realm.json"), withSecrets(realm).toString());
            ProcessBuilder command = new ProcessBuilder("bash", HOME.resolve("bin/kc.sh").toString(), "start-dev",
                    "--http-host", "127.0.0.1", "--http-port", Integer.toString(PORT), "--import-realm");
            command.environment().putAll(Map.of("KC_BOOTSTRAP_ADMIN_USERNAME", "admin", "KC_BOOTSTRAP_ADMIN_PASSWORD", "admin",
                    "JAVA_HOME", System.getProperty("java.home"), "JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx512m"));
            Path log = HOME.resolve("keycloak.log");
            Keycloak keycloak = new Keycloak(command.redirectErrorStream(true).redirectOutput(log.toFile()).start());
            Eventually.holds("Keycloak is up, see " + log, Duration.ofMinutes(4), Keycloak::answers);
            return keycloak;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The secrets of the realm's clients as the gateway has them. The console's tokens live shortly, so that tests see what comes after. */
    private static JsonObject withSecrets(JsonObject realm) throws IOException {
        JsonArrayBuilder clients = Json.createArrayBuilder();
        for (JsonObject client : realm.getJsonArray("clients").getValuesAs(JsonObject.class)) {
            JsonObjectBuilder known = Json.createObjectBuilder(client);
            if (client.getString("clientId").equals("console")) {
                known.add("secret", Files.readString(Gateway.secret("keycloak-console")));
                known.add("attributes", Json.createObjectBuilder(client.getJsonObject("attributes")).add("access.token.lifespan", "2")
                        .add("backchannel.logout.url", Gateway.BASE.resolve("/auth/keycloak/logout").toString()));
            } else if (client.getString("clientId").equals("altiplano-provisioner")) {
                known.add("secret", PROVISIONER_SECRET);
            }
            clients.add(known);
        }
        return Json.createObjectBuilder(realm).add("clients", clients).build();
    }

    /** Ends all of a user's sessions, as an administrator of the realm does. */
    static void endSessions(String user) {
        String id = array(administer("GET", "/admin/realms/altiplano/users?exact=true&username=" + user, "").body()).getJsonObject(0).getString("id");
        assertEquals(204, administer("POST", "/admin/realms/altiplano/users/" + id + "/logout", "").statusCode());
    }

    /** What is kept of the organizations of a name. */
    static JsonArray organizations(String name) {
        return array(administer("GET", "/admin/realms/altiplano/organizations?exact=true&search=" + name, "").body());
    }

    /** Makes something in the realm, as its administrator does. */
    static void create(String path, String json) {
        HttpResponse<String> made = administer("POST", "/admin/realms/altiplano/" + path, json);
        assertEquals(201, made.statusCode(), made.body());
    }

    private static JsonArray array(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readArray();
        }
    }

    /** What a user of the realm gets for its password: access, ID and refresh token. */
    static JsonObject signIn(String user) {
        return tokens("altiplano", Map.of("grant_type", "password", "client_id", "test", "scope", "openid",
                "username", user, "password", user + "'s password"));
    }

    /** An access token of the administrator of Keycloak itself. */
    static String administrator() {
        return tokens("master", Map.of("grant_type", "password", "client_id", "admin-cli", "username", "admin", "password", "admin"))
                .getString("access_token");
    }

    /** Has the realm sign with a new key from now on; the old one is still published. */
    static void rotateKeys() {
        String realm = Gateway.json(administer("GET", "/admin/realms/altiplano", "").body()).getString("id");
        assertEquals(201, administer("POST", "/admin/realms/altiplano/components", "{\"name\":\"next\",\"providerId\":\"rsa-generated\","
                + "\"providerType\":\"org.keycloak.keys.KeyProvider\",\"parentId\":\"" + realm + "\",\"config\":{\"priority\":[\"200\"],"
                + "\"enabled\":[\"true\"],\"active\":[\"true\"],\"algorithm\":[\"RS256\"],\"keySize\":[\"2048\"]}}").statusCode());
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The arrays of both, and of the objects within. */
    private static JsonObject merged(JsonObject realm, JsonObject more) {
        JsonObjectBuilder all = Json.createObjectBuilder(realm);
        more.forEach((name, value) -> {
            if (!realm.containsKey(name)) {
                all.add(name, value);
            } else if (value instanceof JsonObject object) {
                all.add(name, merged(realm.getJsonObject(name), object));
            } else {
                JsonArrayBuilder array = Json.createArrayBuilder(realm.getJsonArray(name));
                value.asJsonArray().forEach(array::add);
                all.add(name, array);
            }
        });
        return all.build();
    }

    private static boolean answers() {
        try {
            return HTTP.send(HttpRequest.newBuilder(URI.create(BASE + "/realms/altiplano/.well-known/openid-configuration")).build(),
                    HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonObject tokens(String realm, Map<String, String> form) {
        String body = form.entrySet().stream().map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpResponse<String> response = Gateway.send(HttpRequest.newBuilder(URI.create(BASE + "/realms/" + realm + "/protocol/openid-connect/token"))
                .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(body)));
        assertEquals(200, response.statusCode(), response.body());
        return Gateway.json(response.body());
    }

    private static HttpResponse<String> administer(String method, String path, String body) {
        return Gateway.send(HttpRequest.newBuilder(URI.create(BASE + path)).header("Authorization", "Bearer " + administrator())
                .header("Content-Type", "application/json").method(method, HttpRequest.BodyPublishers.ofString(body)));
    }
}
