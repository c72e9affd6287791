package org.altiplano.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;

/** The overview as its user sees it. */
public final class OverviewPage {
    private final Page page;

    OverviewPage(Page page) {
        this.page = page;
    }

    public Locator heading() {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Overview").setLevel(1));
    }

    /** The figure of a tile with its note, such as "2up". */
    public Locator tile(String label) {
        return page.locator(".alti-tile").filter(new Locator.FilterOptions().setHas(page.getByText(label,
                new Page.GetByTextOptions().setExact(true)))).locator("dd");
    }

    public Locator worker(String id) {
        return row("Workers", id);
    }

    public Locator model(String name) {
        return row("Models in service", name);
    }

    public Locator chart(String title) {
        return page.getByRole(AriaRole.IMG, new Page.GetByRoleOptions().setName(title + " over the last minutes"));
    }

    /** Waits until a chart has a line through some points. The first may have fewer for good: a late answer begins another. */
    void drawn(int points) {
        page.waitForFunction("points => [...document.querySelectorAll('.alti-chart-line')].some(line => line.getAttribute('d').split('L').length >= points)", points);
    }

    public Locator text(String text) {
        return page.getByText(text);
    }

    private Locator row(String table, String content) {
        return page.getByRole(AriaRole.GRID, new Page.GetByRoleOptions().setName(table).setExact(true))
                .getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText(content));
    }
}
