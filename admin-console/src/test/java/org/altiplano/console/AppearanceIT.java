package org.altiplano.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every page, light and dark, wide and narrow, is accessible by the rules of axe and fits its window; a picture of each is kept to be looked at. */
class AppearanceIT {
    private static final Path SCREENSHOTS = Path.of(System.getProperty("console.screenshots"));

    @RegisterExtension
    final ScriptedConsole console = new ScriptedConsole();
    private final ScriptedGateway gateway = console.gateway();

    @ParameterizedTest
    @CsvSource({"LIGHT,1360,860,light", "DARK,1360,860,dark", "LIGHT,1024,768,light-small", "LIGHT,390,844,light-narrow"})
    void everyPageIsAccessible(ColorScheme scheme, int width, int height, String look) {
        gateway.answer = ScriptedAnswer.words(10, "The", " Altiplano", " is", " a", " high", " plain", " in", " the", " Andes", ",",
                " the", " most", " extensive", " one", " outside", " Tibet", ".", "\\n\\n", "Its", " largest", " lake", " is", " Titicaca", ".");
        try (ConsoleBrowser.Visit visit = console.visit(scheme, width, height)) {
            visit.open("/");
            assertThat(visit.signIn().heading()).isVisible();
            keep(visit, look, "sign-in");
            visit.signIn().signInAs(ScriptedGateway.USER, "wrong");
            assertThat(visit.signIn().message("The user name or the password is not right.")).isVisible();
            keep(visit, look, "sign-in-failed");
            visit.signIn().signInAs(ScriptedGateway.USER, ScriptedGateway.PASSWORD);

            visit.overview().drawn(3);
            keep(visit, look, "overview");
            visit.list().act("worker-1", "Drain");
            keep(visit, look, "worker-drain");
            visit.list().submit("Drain");
            assertThat(visit.overview().worker("worker-1")).containsText("Drained");
            keep(visit, look, "worker-drained");

            visit.go("/models");
            assertThat(visit.models().row("llama-2-70b-chat")).isVisible();
            visit.models().expand("llama-2-34b");
            keep(visit, look, "models");
            visit.models().stopServing("smollm2-135m-instruct");
            keep(visit, look, "unserve");
            visit.models().cancel();
            visit.models().add("llama-2-7b-chat");
            keep(visit, look, "model-add");
            visit.list().fill("Path", "llama/7b-chat");
            visit.list().submit("Add");
            assertThat(visit.models().coming("llama-2-7b-chat")).isVisible();
            gateway.platform.add("llama-2-13b", "worker-1");
            gateway.platform.add("broken", "worker-1");
            gateway.platform.end("broken.2", "failed", "broken/model.safetensors is cut off: 1,024 of 4,096 bytes.");
            assertThat(visit.models().coming("broken")).containsText("is cut off");
            keep(visit, look, "model-jobs");
            visit.list().act("stories-15m", "Remove from the store");
            keep(visit, look, "model-remove");
            visit.list().submit("Cancel");

            visit.go("/playground");
            assertThat(visit.playground().message()).isVisible();
            keep(visit, look, "playground-empty");
            visit.playground().send("What is the Altiplano?");
            assertThat(visit.playground().measure("End")).hasText("Complete");
            keep(visit, look, "playground");
            if (width < 600) visit.playground().button("Settings").click();
            visit.playground().set("Temperature", "3");
            keep(visit, look, "playground-settings");
            visit.playground().set("Temperature", "0.7");
            visit.playground().button("Show request").click();
            keep(visit, look, "request");
            visit.page().keyboard().press("Escape");

            visit.frame().secondFactor();
            visit.list().fill("Your password", ScriptedGateway.PASSWORD);
            visit.list().submit("Set up");
            assertThat(visit.list().dialog().getByRole(AriaRole.IMG)).isVisible();
            keep(visit, look, "second-factor");
            visit.list().submit("Cancel");

            // The lists and dialogs are PatternFly's own between these widths.
            if (width != 1024) administration(visit, look, width > 600);

            gateway.platform = ScriptedPlatform.withoutWorkers();
            visit.open("/");
            assertThat(visit.overview().text("No worker has joined")).isVisible();
            keep(visit, look, "overview-empty");
            visit.go("/playground");
            assertThat(visit.playground().text("No model is being served")).isVisible();
            keep(visit, look, "playground-no-model");
            visit.go("/nowhere");
            assertThat(visit.frame().heading("Page not found")).isVisible();
            keep(visit, look, "not-found");
            gateway.emptyTenants = true;
            for (String page : look.equals("light") ? List.of("prices", "pinned-prefixes", "members", "api-keys", "usage", "usage-policies", "audit") : List.<String>of()) {
                visit.go("/" + page);
                assertThat(visit.page().locator(".pf-v6-c-empty-state")).isVisible();
                keep(visit, look, page + "-empty");
            }
            gateway.adminFault = 500;
            visit.open("/models");
            assertThat(visit.models().text("The models could not be loaded")).isVisible();
            keep(visit, look, "models-failed");
        }
    }

    /** What a tenant has written down, which no platform administrator sees. */
    @ParameterizedTest
    @CsvSource({"LIGHT,1360,860,light", "DARK,1360,860,dark", "LIGHT,390,844,light-narrow"})
    void theContentLogIsAccessible(ColorScheme scheme, int width, int height, String look) {
        gateway.roles = List.of("tenant-admin", "safety-reviewer");
        try (ConsoleBrowser.Visit visit = console.visit(scheme, width, height).open("/content-log")) {
            visit.signIn().signInAs(ScriptedGateway.USER, ScriptedGateway.PASSWORD);
            assertThat(visit.list().row("bob")).isVisible();
            keep(visit, look, "content-log");
            visit.list().press("Change");
            assertThat(visit.list().text("Tell everybody concerned first")).isVisible();
            keep(visit, look, "content-setting");
            visit.list().submit("Cancel");
            visit.go("/content-log?request=chatcmpl-41");
            assertThat(visit.list().dialog().getByLabel("Answer")).isVisible();
            keep(visit, look, "content");
        }
    }

    private static void administration(ConsoleBrowser.Visit visit, String look, boolean dialogs) {
        for (String page : dialogs ? List.<String>of() : List.of("tenants", "members", "api-keys", "prices", "pinned-prefixes", "secrets", "usage-policies?tenant=acme", "usage", "my-usage", "audit")) {
            visit.go("/" + page);
            assertThat(visit.page().locator("main table, main .alti-gauge").first()).isVisible();
            keep(visit, look, page.replaceAll("\\?.*", ""));
        }
        if (!dialogs) return;

        visit.go("/tenants");
        assertThat(visit.list().row("globex")).isVisible();
        keep(visit, look, "tenants");
        visit.list().act("globex", "Edit");
        keep(visit, look, "tenant-edit");
        visit.list().submit("Cancel");
        visit.list().act("acme", "Delete");
        keep(visit, look, "tenant-delete");

        visit.go("/members");
        assertThat(visit.list().row("bob")).isVisible();
        keep(visit, look, "members");
        visit.list().press("Add member");
        keep(visit, look, "member-add");

        visit.go("/api-keys");
        assertThat(visit.list().row("monitor")).isVisible();
        visit.list().press("All");
        keep(visit, look, "api-keys");
        visit.list().act("monitor", "Rotate");
        keep(visit, look, "key-rotate");
        visit.list().submit("Rotate");
        assertThat(visit.list().dialog().getByLabel("API key")).isVisible();
        keep(visit, look, "key-secret");
        visit.list().submit("I have it");
        visit.list().press("Create key");
        visit.list().check("Only some");
        visit.list().fill("Addresses", "10.0.0.0/8");
        visit.page().keyboard().press("Enter");
        keep(visit, look, "key-create");

        visit.go("/prices");
        assertThat(visit.list().row("llama-2-7b-chat")).isVisible();
        keep(visit, look, "prices");
        visit.list().press("Set a price");
        keep(visit, look, "price-set");

        visit.go("/pinned-prefixes");
        assertThat(visit.list().row("llama-2-13b-chat")).isVisible();
        keep(visit, look, "pinned-prefixes");
        visit.list().press("Pin a prompt");
        keep(visit, look, "pin-create");

        visit.go("/secrets");
        assertThat(visit.list().row("audit-key")).isVisible();
        keep(visit, look, "secrets");

        visit.go("/usage-policies?tenant=acme");
        assertThat(visit.list().section("All of acme")).isVisible();
        keep(visit, look, "usage-policies");
        visit.list().press("Create policy");
        keep(visit, look, "policy-create");

        visit.go("/usage?tenant=acme");
        assertThat(visit.list().row("stories-15m")).isVisible();
        keep(visit, look, "usage");
        visit.list().press("Table");
        keep(visit, look, "usage-table");

        visit.go("/my-usage");
        assertThat(visit.list().section("Your tenant together")).isVisible();
        keep(visit, look, "my-usage");

        visit.go("/audit");
        assertThat(visit.list().row("41")).isVisible();
        visit.list().press("Verify chain");
        assertThat(visit.list().text("is whole")).isVisible();
        visit.list().row("41").getByRole(AriaRole.BUTTON).click();
        keep(visit, look, "audit");
        visit.go("/audit?tenant=acme");
        visit.list().press("Verify chain");
        assertThat(visit.list().text("Event 98 was edited.")).isVisible();
        keep(visit, look, "audit-broken");
    }

    private static void keep(ConsoleBrowser.Visit visit, String look, String name) {
        visit.screenshot(SCREENSHOTS.resolve(name + "-" + look + ".png"));
        visit.assertAccessible();
        visit.assertFitsTheWindow();
    }
}
