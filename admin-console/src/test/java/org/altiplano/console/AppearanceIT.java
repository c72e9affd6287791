package org.altiplano.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every page, light and dark, wide and narrow, is accessible by the rules of axe and fits its window; a picture of each is kept to be looked at. */
class AppearanceIT {
    private static ScriptedGateway gateway;
    private static ConsoleBrowser browser;
    private static Path screenshots;

    @BeforeAll
    static void start() throws IOException {
        gateway = new ScriptedGateway(Path.of(System.getProperty("console.files")));
        browser = new ConsoleBrowser();
        screenshots = Files.createDirectories(Path.of(System.getProperty("console.screenshots")));
    }

    @AfterAll
    static void stop() {
        browser.close();
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource({"LIGHT,1360,860,light", "DARK,1360,860,dark", "LIGHT,1024,768,light-small", "LIGHT,390,844,light-narrow"})
    void everyPageIsAccessible(ColorScheme scheme, int width, int height, String look) {
        gateway.platform = new ScriptedPlatform();
        gateway.answer = ScriptedAnswer.words(10, "The", " Altiplano", " is", " a", " high", " plain", " in", " the", " Andes", ",",
                " the", " most", " extensive", " one", " outside", " Tibet", ".", "\\n\\n", "Its", " largest", " lake", " is", " Titicaca", ".");
        try (ConsoleBrowser.Visit visit = browser.visit(gateway.url(), scheme, width, height)) {
            visit.open("/");
            assertThat(visit.signIn().heading()).isVisible();
            keep(visit, look, "sign-in");
            visit.signIn().signInAs(ScriptedGateway.USER, "wrong");
            assertThat(visit.signIn().message("The user name or the password is not right.")).isVisible();
            keep(visit, look, "sign-in-failed");
            visit.signIn().signInAs(ScriptedGateway.USER, ScriptedGateway.PASSWORD);

            assertThat(visit.overview().chart("Throughput")).isVisible();
            visit.page().waitForTimeout(4_500);
            keep(visit, look, "overview");

            visit.open("/models");
            assertThat(visit.models().row("llama-2-70b-chat")).isVisible();
            visit.models().expand("llama-2-34b");
            keep(visit, look, "models");
            visit.models().stopServing("smollm2-135m-instruct");
            keep(visit, look, "unserve");
            visit.models().cancel();
            visit.models().howToImport("llama-2-7b-chat");
            keep(visit, look, "import");

            visit.open("/playground");
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

            gateway.platform = ScriptedPlatform.withoutWorkers();
            visit.open("/");
            assertThat(visit.overview().text("No worker has joined")).isVisible();
            keep(visit, look, "overview-empty");
            visit.open("/playground");
            assertThat(visit.playground().text("No model is being served")).isVisible();
            keep(visit, look, "playground-no-model");
            visit.open("/nowhere");
            assertThat(visit.frame().heading("Page not found")).isVisible();
            keep(visit, look, "not-found");
            gateway.adminFault = 500;
            visit.open("/models");
            assertThat(visit.models().text("The models could not be loaded")).isVisible();
            keep(visit, look, "models-failed");
        } finally {
            gateway.adminFault = 0;
        }
    }

    private static void keep(ConsoleBrowser.Visit visit, String look, String name) {
        // Dialogs and menus fade in; axe would measure the contrast half way.
        visit.page().waitForTimeout(400);
        visit.screenshot(screenshots.resolve(name + "-" + look + ".png"));
        visit.assertAccessible();
        visit.assertFitsTheWindow();
    }
}
