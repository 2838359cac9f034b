"""What a Brick model states of equipment and places beside their relations."""

from tests.graph_schema.importers.told import Model, reasons, things


def test_areas_powers_makers_and_numbers_are_attributes(model: Model) -> None:
    plant = model("""
        b:r a brick:Room ; brick:area [ brick:value 20.0 ; brick:hasUnit unit:M2 ] .
        b:q a brick:Room ; brick:area [ brick:value 100 ; brick:hasUnit unit:FT2 ] .
        b:p a brick:Pump ; brick:ratedPowerInput [ brick:value 1500 ; brick:hasUnit unit:W ] ; brick:manufacturer "Wilo" ;
            brick:modelNumber "Stratos 40" ; rec:serialNumber "S-1" .
        b:m a brick:Pump ; brick:hasManufacturer b:maker . b:maker rdfs:label "Grundfos" .
    """)
    found = things(plant)
    assert found["r"].properties["area"] == 20.0
    assert found["q"].properties["area"] == 9.290304
    assert {key: found["p"].properties[key] for key in ("rated_power_kw", "manufacturer", "model", "serial_number")} == {
        "rated_power_kw": 1.5, "manufacturer": "Wilo", "model": "Stratos 40", "serial_number": "S-1",
    }  # fmt: skip
    assert found["m"].properties["manufacturer"] == "Grundfos"
    assert not [one for one in reasons(plant) if "area" in str(one) or "serial" in str(one)]


def test_a_number_in_a_unit_of_something_else_is_left_out(model: Model) -> None:
    plant = model("b:r a brick:Room ; brick:area [ brick:value 20.0 ; brick:hasUnit unit:DEG_C ] .")
    assert "area" not in things(plant)["r"].properties
