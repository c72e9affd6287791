package org.altiplano.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * A walk through the console of any running platform that serves a chat model: refused sign-in, every page with axe, an
 * answer and a stopped answer. It changes nothing on the platform.
 *
 * @param console where the gateway is
 * @param username an administrator
 * @param password the administrator's password
 */
public record ConsoleJourney(URI console, String username, String password) {
    /** A small model on a busy machine may take this long, in milliseconds. */
    private static final double PATIENCE = 60_000;

    /** Walks once, in one theme; throws an {@link AssertionError} that says what was not as it should be. */
    public void walk(ConsoleBrowser browser, ColorScheme scheme) {
        try (ConsoleBrowser.Visit visit = browser.visit(console, scheme, 1280, 800).open("/")) {
            visit.signIn().signInAs(username, "certainly not " + password.length());
            assertThat(visit.signIn().message("The user name or the password is not right.")).isVisible();
            visit.assertAccessible();
            visit.signIn().signInAs(username, password);

            assertThat(visit.overview().worker("worker-1")).containsText("Up");
            assertThat(visit.overview().chart("Throughput")).isVisible();
            visit.assertAccessible();

            visit.frame().link("Models").click();
            for (String size : new String[] {"7b", "13b", "34b", "70b"}) {
                assertThat(visit.models().row("llama-2-" + size)).isVisible();
                assertThat(visit.models().row("llama-2-" + size + "-chat")).isVisible();
            }
            assertThat(visit.models().text("Serving").first()).isVisible();
            visit.assertAccessible();

            visit.frame().link("Playground").click();
            assertThat(visit.playground().model()).hasValue(Pattern.compile(".+"));
            visit.playground().set("Temperature", "0");
            visit.playground().set("Max tokens", "24");
            visit.playground().send("What is the capital of France?");
            assertThat(visit.playground().measure("Prompt")).hasText(Pattern.compile("\\d+ tokens"),
                    new LocatorAssertions.HasTextOptions().setTimeout(PATIENCE));
            assertThat(visit.playground().answer()).hasText(Pattern.compile("\\w+"));
            assertThat(visit.playground().measure("Speed")).hasText(Pattern.compile("[\\d,.]+ tokens/s"));
            visit.assertAccessible();

            visit.playground().set("Max tokens", "2000");
            visit.playground().send("Write a very long story about a high plain.");
            assertThat(visit.playground().answers()).hasCount(2, new LocatorAssertions.HasCountOptions().setTimeout(PATIENCE));
            visit.playground().stop();
            assertThat(visit.playground().measure("End")).hasText("Stopped");

            visit.frame().signOut();
            assertThat(visit.signIn().heading()).isVisible();
        }
    }
}
