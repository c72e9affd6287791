package org.altiplano.console;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;

/** The playground as its user sees it. */
public final class PlaygroundPage {
    private final Page page;

    PlaygroundPage(Page page) {
        this.page = page;
    }

    public Locator heading() {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Playground").setLevel(1));
    }

    public Locator model() {
        return page.getByLabel("Model", new Page.GetByLabelOptions().setExact(true));
    }

    public Locator message() {
        return page.getByLabel("Message", new Page.GetByLabelOptions().setExact(true));
    }

    /** Fills a field of the settings by its label, such as "Temperature". */
    public void set(String label, String value) {
        page.getByLabel(label, new Page.GetByLabelOptions().setExact(true)).fill(value);
    }

    public void send(String message) {
        message().fill(message);
        button("Send").click();
    }

    public void stop() {
        button("Stop").click();
    }

    public Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** The text of the newest answer. */
    public Locator answer() {
        return page.getByTestId("answer").last();
    }

    public Locator answers() {
        return page.getByTestId("answer");
    }

    /** A measure of the newest answer by its name: Speed, First token, Prompt, Answer or End. */
    public Locator measure(String name) {
        return page.getByLabel("Measures of this answer").last().locator("div")
                .filter(new Locator.FilterOptions().setHas(page.getByText(name, new Page.GetByTextOptions().setExact(true)))).locator("dd");
    }

    public Locator text(String text) {
        return page.getByText(text);
    }

    public Locator dialog() {
        return page.getByRole(AriaRole.DIALOG);
    }
}
