package org.altiplano.console;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;

/** The list of models as its user sees it. */
public final class ModelsPage {
    private final Page page;

    ModelsPage(Page page) {
        this.page = page;
    }

    public Locator heading() {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Models").setLevel(1));
    }

    /** The row of a model; its name is matched whole. */
    public Locator row(String model) {
        return page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHas(
                page.locator("[data-label=Name]").getByText(model, new Locator.GetByTextOptions().setExact(true))));
    }

    /** The row of a model that is on its way into the store. */
    public Locator coming(String model) {
        return page.getByRole(AriaRole.GRID, new Page.GetByRoleOptions().setName("Models on their way"))
                .getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText(model));
    }

    public Locator rows() {
        return page.locator("[data-label=Name]");
    }

    public void find(String name) {
        page.getByLabel("Find a model by name").fill(name);
    }

    public void show(String view) {
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(view)).click();
    }

    public void serve(String model) {
        button("Serve " + model).click();
    }

    /** Opens the question; answer it with {@link #confirm()} or {@link #cancel()}. */
    public void stopServing(String model) {
        button("Stop serving " + model).click();
        dialog().waitFor();
    }

    public void confirm() {
        dialog().getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Stop serving")).click();
    }

    public void cancel() {
        dialog().getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Cancel")).click();
    }

    public void add(String model) {
        button("Add " + model + " to the store").click();
        dialog().waitFor();
    }

    public void expand(String model) {
        row(model).getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Details")).click();
    }

    public Locator details(String model) {
        return page.getByLabel("Details of " + model);
    }

    public Locator dialog() {
        return page.getByRole(AriaRole.DIALOG);
    }

    public Locator text(String text) {
        return page.getByText(text);
    }

    private Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }
}
