package org.altiplano.systemtests;

import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import org.altiplano.console.AdministrationJourney;
import org.altiplano.console.ConsoleBrowser;
import org.altiplano.console.ConsoleJourney;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The console works in a real Chromium in front of a real gateway and a real model. */
@ExtendWith(SharedPlatform.class)
class ConsoleIT {

    @ParameterizedTest
    @EnumSource(value = ColorScheme.class, names = {"LIGHT", "DARK"})
    void anAdministratorSignsInLooksAroundAndChats(ColorScheme scheme, Platform platform) {
        try (ConsoleBrowser browser = new ConsoleBrowser()) {
            new ConsoleJourney(URI.create("http://127.0.0.1:" + platform.port()),
                    platform.credentials().path("adminUser").asText(),
                    platform.credentials().path("adminPassword").asText()).walk(browser, scheme);
        }
    }

    @Test
    void administratorsOfThePlatformAndOfATenantDoAllTheirTasks(Platform platform) {
        try (ConsoleBrowser browser = new ConsoleBrowser()) {
            new AdministrationJourney(URI.create("http://127.0.0.1:" + platform.port()),
                    platform.credentials().path("adminUser").asText(),
                    platform.credentials().path("adminPassword").asText()).walk(browser, ColorScheme.LIGHT);
        }
    }
}
