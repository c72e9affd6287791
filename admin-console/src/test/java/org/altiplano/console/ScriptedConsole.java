package org.altiplano.console;

import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Owns what a browser test needs: a scripted gateway of its own, and the one Chromium of the whole run; on the thread of the tests.
 * To be registered in a field of the test's instance; the gateway is there from then on, until the test is over.
 */
final class ScriptedConsole implements BeforeEachCallback, AfterEachCallback {

    private static final Namespace OURS = Namespace.create(ScriptedConsole.class);

    private final ScriptedGateway gateway;
    private Chromium chromium = new Chromium.NotYet();

    private interface Chromium {
        ConsoleBrowser browser();

        record NotYet() implements Chromium {
            @Override
            public ConsoleBrowser browser() {
                throw new IllegalStateException("A browser is there within a test only.");
            }
        }

        /** Closed by JUnit when the run is over. */
        record Open(ConsoleBrowser browser) implements Chromium, AutoCloseable {
            @Override
            public void close() {
                browser.close();
            }
        }
    }

    ScriptedConsole() {
        try {
            gateway = new ScriptedGateway(Path.of(System.getProperty("console.files")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ScriptedGateway gateway() {
        return gateway;
    }

    ConsoleBrowser.Visit visit(ColorScheme scheme, int width, int height) {
        return chromium.browser().visit(gateway.url(), scheme, width, height);
    }

    /** Somebody who is not signed in opens a page. */
    ConsoleBrowser.Visit visit(String path) {
        return visit(ColorScheme.LIGHT, 1280, 800).open(path);
    }

    /** The user of the scripted gateway signs in to see a page. */
    ConsoleBrowser.Visit signedIn(String path) {
        ConsoleBrowser.Visit visit = visit(path);
        visit.signIn().signInAs(ScriptedGateway.USER, ScriptedGateway.PASSWORD);
        return visit;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        chromium = context.getRoot().getStore(OURS).getOrComputeIfAbsent(Chromium.class, key -> new Chromium.Open(new ConsoleBrowser()), Chromium.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        gateway.close();
    }
}
