package org.altiplano.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.RequestOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What administrators do all day, at any running platform that serves a model: a tenant comes to be, gets an administrator,
 * limits and a key, uses a model, is looked at in usage and audit, and goes. Only the record of it stays.
 *
 * @param console where the gateway is
 * @param username a platform administrator
 * @param password the administrator's password
 */
public record AdministrationJourney(URI console, String username, String password) {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** A first answer on a busy machine may take this long, in milliseconds. */
    private static final double PATIENCE = 60_000;

    /** Walks once, in one theme; throws an {@link AssertionError} that says what was not as it should be. */
    public void walk(ConsoleBrowser browser, ColorScheme scheme) {
        String tenant = "journey-" + UUID.randomUUID().toString().substring(0, 8);
        String ann = "ann@" + tenant;
        try (ConsoleBrowser.Visit admin = browser.visit(console, scheme, 1280, 800).open("/")) {
            admin.signIn().signInAs(username, password);
            assertThat(admin.overview().worker("worker-1")).isVisible();
            String model = read(admin, "/v1/models").at("/data/0/id").asText();
            drain(admin);
            createTenant(admin, tenant, model);
            addMember(admin, tenant, ann);
            limit(admin, tenant);
            price(admin);
            pin(admin, model);
            try (ConsoleBrowser.Visit visit = browser.visit(console, scheme, 1280, 800).open("/tenants")) {
                visit.signIn().signInAs(ann, "a password of " + tenant);
                look(visit, tenant);
                writeDown(visit, tenant);
                useAKey(visit, model);
            }
            try (ConsoleBrowser.Visit visit = browser.visit(console, scheme, 1280, 800).open("/content-log")) {
                visit.signIn().signInAs("rita@" + tenant, "a password of " + tenant);
                review(visit, model, ann);
            }
            audit(admin, tenant, ann);
            remove(admin, tenant, ann);
        }
    }

    /** Out of the routing and back, before anybody asks anything. */
    private static void drain(ConsoleBrowser.Visit admin) {
        admin.list().act("worker-1", "Drain");
        admin.list().submit("Drain");
        assertThat(admin.overview().worker("worker-1")).containsText("Drained");
        admin.list().act("worker-1", "Resume");
        admin.list().submit("Resume");
        assertThat(admin.overview().worker("worker-1")).containsText("Up");
        admin.frame().link("Secrets").click();
        assertThat(admin.list().row("pepper")).containsText("In force");
        admin.assertAccessible();
    }

    private static void createTenant(ConsoleBrowser.Visit visit, String tenant, String model) {
        go(visit, "Tenants");
        visit.list().press("Create tenant");
        visit.list().fill("Id", tenant);
        visit.list().fill("Name", "On a journey");
        visit.list().fill("Weight", "2");
        visit.list().check("Only some");
        visit.list().fill("Names of models", model + ", journey/none");
        visit.list().submit("Create");
        visit.list().field("Find a tenant").fill(tenant);
        assertThat(visit.list().row(tenant)).containsText(Pattern.compile("On a journey.*Active.*2.*2 models"));
        visit.list().act(tenant, "Suspend");
        visit.list().submit("Suspend");
        assertThat(visit.list().row(tenant)).containsText("Suspended");
        visit.list().act(tenant, "Serve again");
        assertThat(visit.list().row(tenant)).containsText("Active");
        visit.list().act(tenant, "Edit");
        visit.list().fill("Weight", "1.5");
        visit.list().submit("Save");
        assertThat(visit.list().row(tenant)).containsText("1.5");
        visit.assertAccessible();
    }

    private static void addMember(ConsoleBrowser.Visit visit, String tenant, String name) {
        go(visit, "Members");
        visit.list().press("Add member");
        visit.list().fill("User name", name);
        visit.list().asked("Tenant").selectOption(tenant);
        visit.list().fill("Password", "short");
        visit.list().submit("Add");
        assertThat(visit.list().text("“Password” must have 12 to")).isVisible();
        visit.list().submit("Generate");
        assertThat(visit.list().asked("Password")).hasValue(Pattern.compile("^\\w{20}$"));
        visit.list().submit("Add");
        assertThat(visit.list().row(name)).containsText(Pattern.compile(tenant + ".*Developer"));
        visit.list().act(name, "Change roles");
        visit.list().check("Tenant administrator");
        visit.list().submit("Save");
        assertThat(visit.list().row(name)).containsText("Tenant administrator");
        visit.list().act(name, "Set a new password");
        visit.list().fill("Password", "a password of " + tenant);
        visit.list().submit("Set password");
        assertThat(visit.list().text(name + " has a new password").first()).isVisible();
        visit.assertAccessible();
    }

    /** Somebody else changes the policy while it is being edited here. */
    private static void limit(ConsoleBrowser.Visit visit, String tenant) {
        go(visit, "Usage policies");
        visit.list().field("Tenant").selectOption(tenant);
        assertThat(visit.list().text("Nothing limits " + tenant)).isVisible();
        visit.list().press("Create policy");
        visit.list().fill("Requests per minute", "many");
        visit.list().submit("Create");
        assertThat(visit.list().text("Give a number, or leave it empty for no limit.")).isVisible();
        visit.list().fill("Requests per minute", "600");
        visit.list().fill("Tokens per day", "100,000");
        visit.list().submit("Create");
        assertThat(visit.list().section("All of " + tenant)).containsText("100,000 left");
        visit.list().act("All of " + tenant, "Change limits");
        JsonNode policy = read(visit, "/admin/v1/usage-policies?tenant=" + tenant).at("/data/0");
        change(visit, "/admin/v1/usage-policies/" + policy.path("id").asText(), policy.path("version").asLong(),
                Map.of("requestsPerMinute", 500, "tokensPerDay", 100_000));
        visit.list().fill("Generations at once", "4");
        visit.list().submit("Save");
        assertThat(visit.list().text("Somebody else has changed this since you opened it")).isVisible();
        assertThat(visit.list().text("Requests per minute: 500")).isVisible();
        assertThat(visit.list().asked("Generations at once")).hasValue("4");
        visit.list().submit("Save over theirs");
        assertThat(visit.list().section("All of " + tenant)).containsText(Pattern.compile("Requests per minute.*of 600.*Generations at once.*of 4"));
        visit.assertAccessible();
    }

    /** Of a model that nobody uses, and whose name the address has to carry. */
    private static void price(ConsoleBrowser.Visit visit) {
        String model = "journey/model 1";
        go(visit, "Prices");
        visit.list().press("Set a price");
        visit.list().fill("Model", model);
        visit.list().fill("Input", "1.5");
        visit.list().fill("Cached input", "2");
        visit.list().fill("Output", "3");
        visit.list().submit("Save");
        assertThat(visit.list().text("“Cached input” must not be more than")).isVisible();
        visit.list().fill("Cached input", "0.5");
        visit.list().submit("Save");
        assertThat(visit.list().row(model)).containsText(Pattern.compile("1\\.50.*0\\.50.*3\\.00"));
        visit.list().act(model, "Change");
        visit.list().fill("Output", "4");
        visit.list().submit("Save");
        assertThat(visit.list().row(model)).containsText("4.00");
        visit.assertAccessible();
        visit.list().act(model, "Remove");
        visit.list().submit("Remove price");
        assertThat(visit.list().row(model)).hasCount(0);
    }

    /** The workers compute a prompt and say how much of it they keep. */
    private static void pin(ConsoleBrowser.Visit visit, String model) {
        String system = "Answer as a guide would who has walked the high plain of the Altiplano from lake to lake, and who knows its birds by name and its volcanoes by their smoke.";
        String menu = "“" + system.substring(0, 40) + "”";
        go(visit, "Pinned prompts");
        visit.list().press("Pin a prompt");
        visit.list().fill("Model", "journey/none");
        visit.list().fill("System prompt", system);
        visit.list().submit("Pin");
        assertThat(visit.list().dialog().getByText("journey/none")).isVisible();
        visit.list().fill("Model", model);
        visit.list().submit("Pin");
        assertThat(visit.list().row(system)).containsText(Pattern.compile("worker-1: [1-9]\\d* of \\d+ tokens"), new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE));
        visit.assertAccessible();
        visit.list().act(menu, "Unpin");
        visit.list().submit("Unpin");
        assertThat(visit.list().row(system)).hasCount(0);
    }

    /** A tenant's administrator sees her tenant and nothing of others, whatever address she types. */
    private static void look(ConsoleBrowser.Visit visit, String tenant) {
        assertThat(visit.frame().heading("You have no access to this page")).isVisible();
        for (String hers : List.of("Playground", "My usage", "Members", "API keys", "Usage", "Usage policies", "Content log")) {
            assertThat(visit.frame().link(hers)).isVisible();
        }
        for (String others : List.of("Overview", "Models", "Tenants", "Prices", "Pinned prompts", "Audit log")) {
            assertThat(visit.frame().link(others)).hasCount(0);
        }
        go(visit, "Members");
        assertThat(visit.page().locator("tbody tr")).hasCount(1);
        go(visit, "Usage policies");
        assertThat(visit.list().section("All of " + tenant)).containsText("100,000 left");
        visit.open("/usage-policies?tenant=default");
        assertThat(visit.list().text("The policies could not be loaded")).isVisible();
        assertThat(visit.list().text("There is no tenant with this id.")).isVisible();
    }

    /** A tenant's administrator has prompts and answers written down for a reviewer, whom she adds; she reads none herself. */
    private static void writeDown(ConsoleBrowser.Visit visit, String tenant) {
        go(visit, "Content log");
        assertThat(visit.list().text("Nothing of what callers ask or are answered is written down")).isVisible();
        visit.list().press("Change");
        visit.list().check("Every prompt and every answer is written down");
        assertThat(visit.list().text("Tell everybody concerned first")).isVisible();
        visit.list().fill("Days until they are deleted", "5,000");
        visit.list().submit("Save");
        assertThat(visit.list().text("“Days until they are deleted” must be")).isVisible();
        visit.list().fill("Days until they are deleted", "7");
        visit.list().submit("Save");
        assertThat(visit.list().text("Prompts and answers are written down, and deleted after 7 days")).isVisible();
        assertThat(visit.list().button("Find")).hasCount(0);
        visit.assertAccessible();
        go(visit, "Members");
        visit.list().press("Add member");
        visit.list().fill("User name", "rita@" + tenant);
        visit.list().check("Safety reviewer");
        visit.list().fill("Password", "a password of " + tenant);
        visit.list().submit("Add");
        assertThat(visit.list().row("rita@" + tenant)).containsText("Safety reviewer");
    }

    /** A safety reviewer finds what the administrator's key asked, and opens it. */
    private static void review(ConsoleBrowser.Visit visit, String model, String owner) {
        assertThat(visit.list().row(owner).first()).containsText("The Altiplano is");
        visit.list().field("Who asked").fill("nobody");
        visit.list().press("Find");
        assertThat(visit.list().text("No request found")).isVisible();
        visit.list().field("Who asked").fill(owner);
        visit.list().field("Model").fill(model);
        visit.list().press("Find");
        visit.list().row(owner).first().getByRole(AriaRole.BUTTON).click();
        assertThat(visit.list().dialog().getByLabel("Prompt")).containsText("The Altiplano is");
        assertThat(visit.list().dialog().getByLabel("Answer")).containsText(Pattern.compile("Answer[\\s\\S]+"));
        visit.assertAccessible();
    }

    private void useAKey(ConsoleBrowser.Visit visit, String model) {
        go(visit, "API keys");
        assertThat(visit.list().text("No key is in use")).isVisible();
        visit.list().press("Create key");
        visit.list().fill("Name", "journey");
        visit.list().fill("Addresses", "127.0.0.300");
        visit.page().keyboard().press("Enter");
        visit.list().submit("Create");
        assertThat(visit.list().text("“Addresses” must be")).isVisible();
        visit.list().submit("Take away 127.0.0.300");
        visit.list().fill("Addresses", "127.0.0.0/8");
        visit.list().submit("Create");
        String secret = visit.list().dialog().getByLabel("API key").inputValue();
        visit.list().submit("I have it");
        assertThat(visit.list().row("journey")).containsText(Pattern.compile("Active.*inference · from 127\\.0\\.0\\.0/8"));
        expect(200, complete(visit, secret, model));
        visit.list().act("journey", "Rotate");
        visit.list().asked("The old key is accepted for").selectOption("One hour");
        visit.list().submit("Rotate");
        String next = visit.list().dialog().getByLabel("API key").inputValue();
        visit.list().submit("I have it");
        assertThat(visit.list().text("Replaced")).isVisible();
        expect(200, complete(visit, secret, model));
        expect(200, complete(visit, next, model));
        visit.assertAccessible();

        go(visit, "My usage");
        assertThat(visit.list().section("Your tenant together")).containsText(Pattern.compile("Tokens per day\\d\\d,\\d{3} left"),
                new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE));
        assertThat(visit.list().row(model)).containsText(model + "3");
        visit.assertAccessible();
        go(visit, "Usage");
        visit.list().field("Split by").selectOption("By key");
        assertThat(visit.list().row("journey").first()).isVisible();
        Download table = visit.page().waitForDownload(() -> visit.list().press("Download CSV"));
        if (!text(table).startsWith("day,key,generations,")) throw new AssertionError("not the table: " + text(table));

        go(visit, "API keys");
        visit.list().row("Replaced").getByLabel("Actions for journey").click();
        visit.list().choose("Revoke");
        visit.list().confirm("journey", "Revoke key");
        assertThat(visit.list().text("Replaced")).hasCount(0);
        expect(401, complete(visit, secret, model));
        expect(200, complete(visit, next, model));
    }

    private static void audit(ConsoleBrowser.Visit visit, String tenant, String ann) {
        go(visit, "Audit log");
        visit.list().press("Verify chain");
        assertThat(visit.list().text("The chain of the platform itself is whole")).isVisible();
        visit.open("/audit?tenant=" + tenant);
        visit.list().press("Verify chain");
        assertThat(visit.list().text("The chain of " + tenant + " is whole")).isVisible();
        assertThat(visit.list().text("POST /admin/v1/tenants").first()).isVisible();
        visit.list().field("What, or to what").fill("content-log/");
        assertThat(visit.list().text("GET /admin/v1/content-log/").first()).isVisible();
        visit.list().field("What, or to what").fill("");
        visit.list().field("Who").fill(ann.toUpperCase());
        assertThat(visit.list().text("POST /admin/v1/tenants")).hasCount(0);
        assertThat(visit.list().text("POST /admin/v1/api-keys").first()).isVisible();
        Download lines = visit.page().waitForDownload(() -> visit.list().press("Export as JSON lines"));
        if (!text(lines).lines().allMatch(line -> line.startsWith("{\"tenant\":\"" + tenant + "\",\"sequence\":"))) throw new AssertionError("not the events: " + text(lines));
        visit.assertAccessible();
        visit.open("/usage?tenant=" + tenant);
        visit.list().field("Split by").selectOption("By owner");
        assertThat(visit.list().row(ann).first()).containsText(ann + "4");
        visit.assertAccessible();
    }

    private static void remove(ConsoleBrowser.Visit visit, String tenant, String ann) {
        visit.open("/usage-policies?tenant=" + tenant);
        visit.list().act("All of " + tenant, "Delete");
        visit.list().submit("Delete policy");
        assertThat(visit.list().text("Nothing limits " + tenant)).isVisible();
        go(visit, "Members");
        visit.list().act(ann, "Remove");
        visit.list().confirm(ann, "Remove member");
        assertThat(visit.list().row(ann)).hasCount(0);
        go(visit, "Tenants");
        visit.list().field("Find a tenant").fill(tenant);
        visit.list().act(tenant, "Delete");
        visit.list().confirm(tenant, "Delete tenant");
        assertThat(visit.list().row(tenant)).containsText("Deleted");
        visit.list().act(tenant, "Take back");
        assertThat(visit.list().row(tenant)).containsText("Active");
        visit.list().act(tenant, "Delete");
        visit.list().confirm(tenant, "Delete tenant");
        assertThat(visit.list().row(tenant)).containsText("for good after");
    }

    /** The page before stays until the next one is there. */
    private static void go(ConsoleBrowser.Visit visit, String title) {
        visit.frame().link(title).click();
        assertThat(visit.list().heading(title)).isVisible();
    }

    private static JsonNode read(ConsoleBrowser.Visit visit, String path) {
        APIResponse response = visit.page().request().get(path);
        expect(200, response);
        try {
            return JSON.readTree(response.body());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static void change(ConsoleBrowser.Visit visit, String path, long version, Map<String, ?> body) {
        expect(200, visit.page().request().put(path, RequestOptions.create().setData(body).setHeader("If-Match", "\"" + version + "\"")
                .setHeader("X-Requested-With", "altiplano")));
    }

    /** One short answer, paid for by a key. */
    private static APIResponse complete(ConsoleBrowser.Visit visit, String key, String model) {
        return visit.page().request().post("/v1/completions", RequestOptions.create().setTimeout(PATIENCE).setHeader("Authorization", "Bearer " + key)
                .setData(Map.of("model", model, "prompt", "The Altiplano is", "max_tokens", 4)));
    }

    private static void expect(int status, APIResponse response) {
        if (response.status() != status) throw new AssertionError(response.url() + " answered " + response.status() + " and not " + status + ": " + response.text());
    }

    private static String text(Download file) {
        try {
            return new String(file.createReadStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
