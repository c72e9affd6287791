package org.altiplano.console;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Owns a real Chromium for the tests of one class, on the thread of those tests. Each visit is a browser of its own, with
 * no memory of others. The executable is named by the environment variable CHROMIUM or the system property
 * {@code chromium.executable}; nothing is downloaded here.
 */
public final class ConsoleBrowser implements AutoCloseable {
    /** Nothing fades in or out: axe would measure the contrast half way, and a picture would show it. */
    private static final String AT_ONCE = "const sheet = new CSSStyleSheet();"
            + " sheet.replaceSync('*, *::before, *::after { animation: none !important; transition: none !important; }');"
            + " document.adoptedStyleSheets = [sheet];";

    /** How long an expectation is waited for: a build machine may be busy with other things. */
    private static final double PATIENCE_MILLIS = 20_000;

    private final Playwright playwright;
    private final Browser browser;

    public ConsoleBrowser() {
        Path executable = executable();
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
        BrowserType.LaunchOptions options = new BrowserType.LaunchOptions().setExecutablePath(executable).setHeadless(true)
                .setArgs(List.of("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"));
        Path libraries = executable.resolveSibling("lib");
        if (Files.isDirectory(libraries)) {
            environment.put("LD_LIBRARY_PATH", libraries.toString());
            options.setEnv(environment);
        }
        browser = playwright.chromium().launch(options);
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    }

    private static Path executable() {
        String named = System.getenv("CHROMIUM");
        if (named == null || named.isBlank()) named = System.getProperty("chromium.executable", "");
        if (named.isBlank()) {
            throw new IllegalStateException("Name a Chromium by the environment variable CHROMIUM or -Dchromium.executable");
        }
        return Path.of(named);
    }

    /** Someone's browser, looking at the console of a gateway. */
    public Visit visit(URI console, ColorScheme scheme, int width, int height) {
        return new Visit(browser.newContext(new Browser.NewContextOptions().setBaseURL(console.toString())
                .setColorScheme(scheme).setReducedMotion(ReducedMotion.REDUCE).setViewportSize(width, height).setLocale("en-GB")));
    }

    public Visit visit(URI console) {
        return visit(console, ColorScheme.LIGHT, 1280, 800);
    }

    @Override
    public void close() {
        playwright.close();
    }

    /** Owns one browser window; closing it fails if the page complained meanwhile. */
    public static final class Visit implements AutoCloseable {
        private final BrowserContext context;
        private final Page page;
        private final List<String> complaints = new ArrayList<>();

        private Visit(BrowserContext context) {
            this.context = context;
            context.addInitScript(AT_ONCE);
            page = context.newPage();
            page.onPageError(complaints::add);
            page.onConsoleMessage(message -> {
                // Chromium logs every refused request; the refusals that a test scripts are not the page's fault.
                if (message.type().equals("error") && !message.text().startsWith("Failed to load resource")) complaints.add(message.text());
            });
            page.onRequest(request -> {
                if (!request.url().startsWith("data:") && !URI.create(request.url()).getHost().equals("127.0.0.1")) {
                    complaints.add("The page called out to " + request.url());
                }
            });
        }

        public Page page() {
            return page;
        }

        /** Opens the console at a path, such as {@code /models}. */
        public Visit open(String path) {
            page.navigate(path);
            return this;
        }

        /** Goes to a page as a link on another one leads there: the console is not loaded again. The page before is gone then. */
        public Visit go(String path) {
            page.evaluate("path => { if (new URL(path, location).pathname !== location.pathname) document.querySelector('h1').dataset.before = '';"
                    + " history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }", path);
            page.waitForFunction("() => document.querySelector('h1[data-before]') === null");
            return this;
        }

        public SignInPage signIn() {
            return new SignInPage(page);
        }

        public OverviewPage overview() {
            return new OverviewPage(page);
        }

        public ModelsPage models() {
            return new ModelsPage(page);
        }

        public PlaygroundPage playground() {
            return new PlaygroundPage(page);
        }

        /** The pages of the administration, which are lists with dialogs. */
        public ListPage list() {
            return new ListPage(page);
        }

        public ConsoleFrame frame() {
            return new ConsoleFrame(page);
        }

        /** Fails with every accessibility rule that the page, as it is now, breaks. */
        public void assertAccessible() {
            List<String> broken = Axe.look(page);
            if (!broken.isEmpty()) throw new AssertionError("axe found on " + page.url() + ":\n  " + String.join("\n  ", broken));
        }

        /** Fails when the page is wider than its window, so that something of it is cut off. */
        public void assertFitsTheWindow() {
            Object excess = page.evaluate("() => { const main = document.querySelector('main'); return Math.max("
                    + "main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - window.innerWidth); }");
            // One pixel may come from rounding.
            if (((Number) excess).doubleValue() > 1) throw new AssertionError(page.url() + " is " + excess + " px wider than its window");
        }

        public void screenshot(Path file) {
            page.screenshot(new Page.ScreenshotOptions().setPath(file));
        }

        @Override
        public void close() {
            context.close();
            if (!complaints.isEmpty()) throw new AssertionError("The page complained: " + complaints);
        }
    }
}
