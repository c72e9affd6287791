package org.altiplano.console;

import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The console in front of a platform that is already running, when the system property altiplano.console.url names one. */
@EnabledIfSystemProperty(named = "altiplano.console.url", matches = "http.+", disabledReason = "names no running platform")
class RunningGatewayIT {

    @ParameterizedTest
    @EnumSource(value = ColorScheme.class, names = {"LIGHT", "DARK"})
    void theConsoleWorksInFrontOfARunningPlatform(ColorScheme scheme) {
        try (ConsoleBrowser browser = new ConsoleBrowser()) {
            new ConsoleJourney(URI.create(System.getProperty("altiplano.console.url")),
                    System.getProperty("altiplano.console.username", "admin"),
                    System.getProperty("altiplano.console.password", "")).walk(browser, scheme);
        }
    }
}
