package org.altiplano.platform.models.entity;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A model that the platform is to serve. */
@Entity
@Table(name = "placed_model")
public class PlacedModel {

    @Id
    private String name;
    @Column(name = "placed_at")
    private Instant placedAt;

    /** For JPA only. */
    protected PlacedModel() {
    }

    public PlacedModel(String name, Instant placedAt) {
        this.name = name;
        this.placedAt = placedAt;
    }

    public String name() {
        return name;
    }
}
